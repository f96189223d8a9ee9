// The tools of many servers as one list, as a gateway for the Model Context Protocol serves it: each server pages its
// `tools/list` with a cursor that only it understands, one lists its tools in no order, and one is down for a while.
import { defer, EMPTY, expand, firstValueFrom, map, throwError, toArray } from 'rxjs';
import {
  aggregatePages,
  fromSnapshot,
  fromToken,
  pageTokens,
  RefusedError,
  UnreachableError,
  type PageSource,
} from 'rxfan';
import { ephemeralSealer } from 'rxfan/node';

interface Tool {
  readonly name: string;
  readonly server: string;
}
/** What `tools/list` answers. */
interface ToolsPage {
  readonly tools: readonly { readonly name: string }[];
  readonly nextCursor?: string;
}
/** A connection to a server, as clients of the protocol have it. */
interface Server {
  readonly name: string;
  listTools(params: { readonly cursor?: string }, options: { readonly signal: AbortSignal }): Promise<ToolsPage>;
}

const MOST_PAGES = 100;
const toolsOf = (server: Server, { tools }: ToolsPage) => tools.map(({ name }) => ({ name, server: server.name }));

/** A server that lists its tools by name: page by page, as they are wanted. */
function sorted(server: Server): PageSource<Tool> {
  return fromToken({
    name: server.name,
    fetch: async ({ pageToken, signal }) => {
      const page = await server.listTools(pageToken === undefined ? {} : { cursor: pageToken }, { signal });
      return { items: toolsOf(server, page), nextPageToken: page.nextCursor };
    },
  });
}

/** A server that lists them in any order, for the protocol promises none: all of its list is read, put in order and kept. */
function unsorted(server: Server): PageSource<Tool> {
  return fromSnapshot({
    name: server.name,
    key: ({ name }) => name,
    maxAgeMs: 60_000,
    load: ({ signal }) =>
      defer(() => server.listTools({}, { signal })).pipe(
        expand(({ nextCursor }, pages) => {
          if (!nextCursor) return EMPTY;
          if (pages + 1 === MOST_PAGES) throw new RefusedError(server.name, `it has more than ${MOST_PAGES} pages`);
          return server.listTools({ cursor: nextCursor }, { signal });
        }),
        toArray(),
        map((pages) => pages.flatMap((page) => toolsOf(server, page))),
      ),
  });
}

const files = fakeServer('files', ['copy', 'list', 'move', 'read', 'write']);
const search = fakeServer('search', ['web', 'code', 'images']);
const mail = fakeServer('mail', ['draft', 'list', 'send']);

const gateway = aggregatePages({
  sources: [sorted(files), unsorted(search), sorted(mail)],
  key: ({ name }) => name,
  tokens: pageTokens(ephemeralSealer({ warn: () => undefined })),
  onSourceFailure: 'omit',
  timeoutMs: 2_000,
  pageSize: { default: 4 },
});
const called = ({ server, name }: Tool) => `${server}/${name}`;

mail.isDown = true;
export const first = await firstValueFrom(gateway.page());
console.log(first.items.map(called), first.unreachable);

mail.isDown = false; // its place is in the token: what comes after `images` joins, what came before is counted
export const second = await firstValueFrom(gateway.page({ pageToken: first.nextPageToken }));
console.log(second.items.map(called), second.drift);

export const third = await firstValueFrom(gateway.page({ pageToken: second.nextPageToken }));
console.log(third.items.map(called), third.nextPageToken === '');

/** Two tools per page; its cursor names the tool that comes next. */
function fakeServer(name: string, tools: readonly string[]): Server & { isDown: boolean } {
  return {
    name,
    isDown: false,
    listTools({ cursor }) {
      if (this.isDown) return firstValueFrom(throwError(() => new UnreachableError(name, 'connection refused')));
      const from = cursor === undefined ? 0 : tools.indexOf(atob(cursor));
      const next = tools[from + 2];
      const page = tools.slice(from, from + 2).map((tool) => ({ name: tool }));
      return Promise.resolve({ tools: page, ...(next !== undefined && { nextCursor: btoa(next) }) });
    },
  };
}
