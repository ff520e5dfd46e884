/** Moments of conversations: UTC, in milliseconds and as the catalog shows them. */
import { addTicks, daysFromCivil, TICKS_PER_SECOND, utcNow } from "../types/date-time";
import type { DateTime } from "../types/value";

const EPOCH_DAYS = daysFromCivil(1970, 1, 1);
const TICKS_PER_MILLISECOND = TICKS_PER_SECOND / 1000;

export function millisecondsOf(moment: DateTime): number {
  return (moment.days - EPOCH_DAYS) * 86_400_000 + moment.ticks / TICKS_PER_MILLISECOND;
}

export function secondsFromNow(seconds: number): DateTime {
  return addTicks(utcNow(), seconds * TICKS_PER_SECOND);
}

export function hasPassed(moment: DateTime): boolean {
  return millisecondsOf(moment) <= Date.now();
}
