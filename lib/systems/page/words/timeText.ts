const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** The time of day, with the date where it is not today. */
export function timeText(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.valueOf())) return '–';
  return (time.toDateString() === new Date().toDateString() ? TIME : DATE).format(time);
}
