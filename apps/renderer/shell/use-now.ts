import { useEffect, useState } from 'react';
import { useApp } from './app-context.tsx';

/** The present time in milliseconds, read again every so often while the view is shown. */
export function useNow(everyMs: number): number {
  const { nowMs } = useApp();
  const [now, setNow] = useState(nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs()), everyMs);
    return () => clearInterval(timer);
  }, [nowMs, everyMs]);
  return now;
}
