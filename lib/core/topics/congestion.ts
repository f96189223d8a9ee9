import { asyncScheduler, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { CongestionAlert, Watermarks } from '../../contracts/delivery.ts';

/** What is known of a congestion by the line alone. */
export type LineAlert = Pick<CongestionAlert, 'kind' | 'depth' | 'oldestAgeMs' | 'since' | 'timeToFullMs'>;

/** What a {@link Congestion} watches. */
export interface CongestionOptions {
  readonly watermarks: { readonly [K in keyof Watermarks]-?: number };
  readonly bufferSize: number;
  /** Values that wait. */
  readonly depth: () => number;
  /** Since when the oldest one does, in ms of the clock; undefined when none does. */
  readonly oldestSince: () => number | undefined;
  readonly alert: (alert: LineAlert) => void;
}

const NOWHERE: readonly [from: number, to: number] = [1, 0];
const MOST = 2 ** 31 - 1; // more than any line holds, and a number that compares fast

/**
 * Raises one alert when a line was at its high mark for `holdMs`, and clears it when the line was at its low mark as long.
 * What goes up and down in between changes nothing.
 */
export class Congestion {
  private readonly options: CongestionOptions;
  private sameFrom = 0; // depths from here
  private sameTo: number; // to here change nothing
  /** Since when the line was at its high mark, in ms of the clock, while an alert is raised. */
  raisedSince: number | undefined = undefined;
  private crossedAt: number | undefined = undefined; // since when the line is beyond the mark that it is watched for
  private oldestWas: number | undefined = undefined; // since when the oldest one waited at the last look
  private growsFrom: { readonly at: number; readonly depth: number } | undefined = undefined;
  private watch: Subscription | undefined = undefined;
  private watchUntil = Infinity; // when it fires

  constructor(options: CongestionOptions) {
    this.options = options;
    this.sameTo = this.calmDepth;
  }

  /** Whether a line that is empty changes nothing. */
  get isCalm(): boolean {
    return this.sameFrom === 0;
  }

  /** What a line may grow to without any consequence, while there was none so far. */
  private get calmDepth(): number {
    const { low, highAgeMs } = this.options.watermarks;
    return highAgeMs === Infinity ? low : 0;
  }

  private get isRaised(): boolean {
    return this.raisedSince !== undefined;
  }

  /** To be called after every change of the line. */
  update(depth: number): void {
    if (depth < this.sameFrom || depth > this.sameTo) this.changeTo(depth); // as nearly never, with a million values a second
  }

  stop(): void {
    this.letGo();
    if (this.isRaised) this.flip(asyncScheduler.now());
  }

  private changeTo(depth: number): void {
    const { low, high, highAgeMs } = this.options.watermarks;
    if (depth <= low) this.growsFrom = undefined;
    else this.growsFrom ??= { at: asyncScheduler.now(), depth };
    if (this.isRaised || depth >= high || this.crossedAt !== undefined || highAgeMs !== Infinity) this.judge();
    [this.sameFrom, this.sameTo] = this.same();
  }

  /** Between which depths nothing changes, as things stand. Where age counts, the clock is to be looked at after every change. */
  private same(): readonly [from: number, to: number] {
    const { low, high, highAgeMs } = this.options.watermarks;
    const isCrossed = this.crossedAt !== undefined;
    if (!this.isRaised && !isCrossed && this.growsFrom === undefined) return [0, this.calmDepth];
    if (highAgeMs !== Infinity || this.growsFrom === undefined) return NOWHERE;
    if (isCrossed) return this.isRaised ? NOWHERE : [high, MOST];
    return [low + 1, this.isRaised ? MOST : high - 1];
  }

  private judge(): void {
    const { low, high, highAgeMs } = this.options.watermarks;
    const now = asyncScheduler.now();
    const depth = this.options.depth();
    const oldestSince = this.options.oldestSince();
    const ageMs = oldestSince === undefined ? 0 : now - oldestSince;
    const isBeyond = this.isRaised ? depth <= low && ageMs <= highAgeMs / 2 : depth >= high || ageMs >= highAgeMs;
    // One that grew too old meanwhile, and has gone, was not below the mark all the time.
    if (this.isRaised && now - (this.oldestWas ?? now) > highAgeMs / 2) this.crossedAt = undefined;
    this.oldestWas = oldestSince;
    this.crossedAt = isBeyond ? (this.crossedAt ?? now) : undefined;
    if (this.crossedAt !== undefined) this.flipWhenDue(this.crossedAt, now);
    else if (!this.isRaised && oldestSince !== undefined) this.lookAgainIn(highAgeMs - ageMs);
  }

  private flipWhenDue(crossedAt: number, now: number): void {
    const leftMs = crossedAt + this.options.watermarks.holdMs - now;
    if (leftMs > 0) this.lookAgainIn(leftMs);
    else this.flip(crossedAt);
  }

  /** One timer at a time: where it fires too early, it is set anew. */
  private lookAgainIn(delayMs: number): void {
    const until = asyncScheduler.now() + delayMs;
    if (until >= this.watchUntil) return;
    this.letGo();
    this.watchUntil = until;
    this.watch = after(delayMs, () => {
      this.letGo();
      this.judge();
    });
  }

  private letGo(): void {
    this.watch?.unsubscribe();
    this.watch = undefined;
    this.watchUntil = Infinity;
  }

  private flip(since: number): void {
    const now = asyncScheduler.now();
    const depth = this.options.depth();
    const oldestSince = this.options.oldestSince();
    const timeToFullMs = this.isRaised ? undefined : this.timeToFullMs(depth, now);
    this.raisedSince = this.isRaised ? undefined : since;
    this.crossedAt = undefined;
    [this.sameFrom, this.sameTo] = this.same();
    this.options.alert({
      kind: this.isRaised ? 'raised' : 'cleared',
      depth,
      oldestAgeMs: oldestSince === undefined ? 0 : now - oldestSince,
      since,
      ...(timeToFullMs !== undefined && { timeToFullMs }),
    });
    if (!this.isRaised) this.judge(); // what still waits may grow old without any change of the line
  }

  /** By how fast the line has grown since it was last at its low mark. */
  private timeToFullMs(depth: number, now: number): number | undefined {
    if (!this.growsFrom) return undefined;
    const perMs = (depth - this.growsFrom.depth) / (now - this.growsFrom.at);
    return perMs > 0 && perMs < Infinity ? Math.ceil((this.options.bufferSize - depth) / perMs) : undefined;
  }
}
