import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { App } from '../actions/app.ts';
import type { AppState } from '../store/app-state.ts';

const AppContext = createContext<App | undefined>(undefined);

export const AppProvider = AppContext;

/** What the views can do. */
export function useApp(): App {
  const app = use(AppContext);
  if (!app) throw new Error('a view outside AppProvider');
  return app;
}

/** A part of the state; the view is drawn again when that part changes. */
export function useAppState<Part>(select: (state: AppState) => Part): Part {
  return useStore(useApp().store, select);
}
