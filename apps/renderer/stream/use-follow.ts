import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Nearer to the end than this counts as being there, pixels. */
const NEAR_END = 48;
/** A scroll this soon after a gesture is the reader's, milliseconds. */
const GESTURE_MS = 900;

/** What a reader does to scroll. */
const GESTURES = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/**
 * Keeps a scrolling page at its end while it grows, until the reader scrolls up; reaching the end again resumes. Only a
 * scroll that follows the reader's own gesture counts: measuring rows moves the page too.
 */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  enabled: boolean,
  size: number,
  items: number,
) {
  const [following, setFollowing] = useState(enabled);
  const wanted = useRef(enabled);
  const lastTop = useRef(0);
  const lastGestureMs = useRef(0);

  const follow = useCallback((next: boolean) => {
    wanted.current = next;
    setFollowing(next);
  }, []);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const gesture = () => (lastGestureMs.current = performance.now());
    const scroll = () => {
      const left = element.scrollHeight - element.scrollTop - element.clientHeight;
      const up = element.scrollTop < lastTop.current - 1;
      const byReader = performance.now() - lastGestureMs.current < GESTURE_MS;
      lastTop.current = element.scrollTop;
      if (up && byReader && left > NEAR_END) {
        if (wanted.current) follow(false);
      } else if (left <= 4 && !wanted.current && enabled && byReader) follow(true);
    };
    for (const name of GESTURES) element.addEventListener(name, gesture, { passive: true });
    element.addEventListener('scroll', scroll, { passive: true });
    return () => {
      for (const name of GESTURES) element.removeEventListener(name, gesture);
      element.removeEventListener('scroll', scroll);
    };
  }, [scroller, enabled, follow]);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (!element || !enabled || !wanted.current) return;
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, [scroller, enabled]);

  useLayoutEffect(toEnd, [toEnd, size, items, following]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // The room for the page changes too: a notice comes, the text grows, the window narrows.
    const observer = new ResizeObserver(toEnd);
    for (const box of [element, ...element.children]) observer.observe(box);
    return () => observer.disconnect();
  }, [scroller, toEnd]);

  return { following: following && enabled, follow };
}
