import { createStore, type StoreApi } from 'zustand/vanilla';
import { INITIAL_STATE, type AppState, type Page, type Toast } from './app-state.ts';

export type AppStore = StoreApi<AppState>;

export function createAppStore(initial: Partial<AppState> = {}): AppStore {
  return createStore<AppState>(() => ({ ...INITIAL_STATE, ...initial }));
}

/** What changes only what the window shows, and asks nobody. */
export function showActions(store: AppStore) {
  let nextToast = 1;
  let beforeSearch: Page = { name: 'now' };
  const set = store.setState;
  return {
    go: (page: Page) => {
      const present = store.getState().page;
      if (page.name === 'search' && present.name !== 'search') beforeSearch = present;
      set({ page, jump: undefined });
    },
    leave: () => {
      const { page } = store.getState();
      if (page.name === 'welcome') return;
      set({ page: page.name === 'search' ? beforeSearch : { name: 'now' } });
    },
    toggleRail: (open?: boolean) => set(({ railOpen }) => ({ railOpen: open ?? !railOpen })),
    jumpTo: (seconds: number) => set(({ jump }) => ({ jump: { seconds, serial: (jump?.serial ?? 0) + 1 } })),
    showKeys: (keysShown: boolean) => set({ keysShown }),
    setDropping: (dropping: boolean) => set({ dropping }),
    showAsk: (asking: AppState['asking']) => set({ asking }),
    showExport: (exporting: AppState['exporting']) => set({ exporting }),
    dismissNotice: (key: string) =>
      set(({ dismissedNotices }) => ({ dismissedNotices: [...dismissedNotices, key] })),
    toast: (toast: Omit<Toast, 'id'>) => {
      const id = nextToast;
      nextToast += 1;
      set(({ toasts }) => ({ toasts: [...toasts, { ...toast, id }] }));
    },
    closeToast: (id: number) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
  };
}
export type ShowActions = ReturnType<typeof showActions>;
