import { runningInspection, startInspection, type Inspection } from '../../core/inspection/startInspection.ts';

let own: Inspection | undefined;
let holders = 0;

/**
 * Sees to it that an inspection runs until the answer is called: one that runs already, or one of its own. Several servers in one
 * process share it.
 */
export function openInspection(): () => void {
  if (!runningInspection()) own = startInspection();
  holders++;
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    if (--holders > 0) return;
    own?.stop();
    own = undefined;
  };
}
