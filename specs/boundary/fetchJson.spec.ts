import * as t from 'io-ts';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchJson } from '../../lib/boundary/fetchJson.ts';
import { DecodeError, FormatError, RefusedError } from '../../lib/contracts/failure.ts';

const Page = t.type({ items: t.array(t.string) }, 'Page');
const url = 'https://list.example/items?key=secret';
const giving = (body: string, status = 200) => ({ fetch: () => Promise.resolve(new Response(body, { status })) });
const failureOf = (body: string, status?: number) =>
  firstValueFrom(fetchJson(url, Page, giving(body, status))).catch((error: unknown) => error);

describe('fetchJson', () => {
  it('gives what the codec reads', async () => {
    const answer = await firstValueFrom(fetchJson(url, Page, giving('{"items":["fig"]}', 203)));
    expect(answer).toMatchObject({ status: 203, data: { items: ['fig'] } });
  });

  it('asks for JSON, unless told otherwise', async () => {
    const asked: (string | null)[] = [];
    const fetch = (_: string, { headers }: RequestInit) => {
      asked.push(new Headers(headers).get('accept'));
      return Promise.resolve(new Response('{"items":[]}'));
    };
    await firstValueFrom(fetchJson(url, Page, { fetch }));
    await firstValueFrom(fetchJson(url, Page, { fetch, headers: { accept: 'application/vnd.x+json' } }));
    expect(asked).toEqual(['application/json', 'application/vnd.x+json']);
  });

  it('errors with FormatError at the line where a text is no JSON, and shows no query', async () => {
    const failure = await failureOf('{\n  "items": [\n    "fig"\n  "date"]\n}');
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure).toMatchObject({ where: 'https://list.example/items', line: 4 });
    expect(await failureOf('')).toBeInstanceOf(FormatError);
    expect(await failureOf('<html>')).toBeInstanceOf(FormatError);
  });

  it('errors with DecodeError where the data does not fit', async () => {
    const failure = await failureOf('{"items":[1]}');
    expect(failure).toBeInstanceOf(DecodeError);
    expect(String(failure)).toBe('DecodeError: https://list.example/items: /items/0 must be string, not 1');
  });

  it('errors as fetchText does', async () => {
    expect(await failureOf('{"items":[]}', 404)).toBeInstanceOf(RefusedError);
  });
});
