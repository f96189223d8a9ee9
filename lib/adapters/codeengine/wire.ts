import * as t from 'io-ts';

/** Where the next page is. The last one has none. */
const Next = t.partial({ next: t.partial({ start: t.string, href: t.string }) });

export const ProjectPage = t.intersection(
  [
    t.type({
      projects: t.array(t.intersection([t.type({ id: t.string, name: t.string }), t.partial({ status: t.string })])),
    }),
    Next,
  ],
  'ProjectPage',
);

export const JobPage = t.intersection([t.type({ jobs: t.array(t.type({ name: t.string })) }), Next], 'JobPage');

export const JobRun = t.intersection([t.type({ name: t.string }), t.partial({ status: t.string })], 'JobRun');
export type JobRun = t.TypeOf<typeof JobRun>;

/** What `next` of a page leads to: a token, or a URL that has it as a parameter. */
export function startOf({ next }: t.TypeOf<typeof Next>): string | undefined {
  if (next?.start !== undefined) return next.start;
  if (next?.href === undefined || !URL.canParse(next.href)) return undefined;
  return new URL(next.href).searchParams.get('start') ?? undefined;
}
