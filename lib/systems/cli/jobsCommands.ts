import { Command, Option } from 'commander';
import { EXIT } from './exit.ts';
import type { JobsClient, ToldJob } from './jobsClient.ts';
import { configOption, wholeNumber } from './options.ts';
import { parsedData } from './parsedData.ts';
import { plain } from './plain.ts';
import type { ServerFlags } from './serverUrl.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

interface StartFlags extends ServerFlags {
  readonly data?: string | undefined;
  readonly wait?: boolean | undefined;
}

interface ListFlags extends ServerFlags {
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The commands that speak to a server of jobs. */
export function jobsCommands(terminal: Terminal, ended: (code: number) => void): readonly Command[] {
  const print = (job: ToldJob) => terminal.write(`${JSON.stringify(job, null, 2).split('\n').map(plain).join('\n')}\n`);

  const jobsClient = async (flags: ServerFlags): Promise<JobsClient> =>
    (await import('./jobsClient.ts')).jobsClient(flags, terminal);

  const start = toServer('start <kind>', 'start a job and print it')
    .option('--data <json>', 'the input of the job', '{}')
    .option('--wait', 'wait for its end; exit code 1 unless it succeeds')
    .action(async (kind: string, { data = '{}', wait = false, ...flags }: StartFlags) => {
      const input = parsedData(data);
      const client = await jobsClient(flags);
      const job = await client.start(kind, input);
      if (!wait) return print(job);
      terminal.progress(`waiting for the end of ${kind}, job ${job.id}`);
      const { untilEnded } = await import('./untilEnded.ts');
      const end = await untilEnded(client, job, (message) => terminal.error(`${plain(JSON.stringify(message))}\n`));
      terminal.progress(undefined);
      await print(end);
      if (end.state !== 'succeeded') ended(EXIT.failed);
    });
  const get = toServer('get <token>', 'print a job').action(async (token: string, flags: ServerFlags) =>
    print(await (await jobsClient(flags)).get(token)),
  );
  const cancel = toServer('cancel <token>', 'cancel a job and print it').action(
    async (token: string, flags: ServerFlags) => print(await (await jobsClient(flags)).cancel(token)),
  );
  const list = toServer('list', 'print a page of jobs, the newest first')
    .option('--kind <kind>', 'only jobs of this kind')
    .option('--state <state>', 'only jobs in this state')
    .addOption(
      new Option('--page-size <n>', 'jobs per page; 0 means the default').argParser(
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .option('--page-token <token>', 'go on after the page that ended with this token')
    .option('--json', 'print the page as one line of JSON, as the HTTP API answers it')
    .action(async (flags: ListFlags) => printPage(await jobsClient(flags), flags, terminal));
  return [
    withExamples(
      start,
      'rxfan jobs start catalogue.refresh --wait',
      "rxfan jobs start catalogue.refresh --data '{}' --server http://127.0.0.1:8080",
    ),
    withExamples(
      get,
      'rxfan jobs get Xk3v9QxT2mE1uWb7Rr0aZw',
      'rxfan jobs get Xk3v9QxT2mE1uWb7Rr0aZw --server http://127.0.0.1:8080',
    ),
    withExamples(
      cancel,
      'rxfan jobs cancel Xk3v9QxT2mE1uWb7Rr0aZw',
      'rxfan jobs cancel Xk3v9QxT2mE1uWb7Rr0aZw --server http://127.0.0.1:8080',
    ),
    withExamples(
      list,
      'rxfan jobs list --state running',
      'rxfan jobs list --kind catalogue.refresh --page-size 5 --json',
    ),
  ];
}

function toServer(name: string, description: string): Command {
  const [first = '', ...args] = name.split(' ');
  const command = new Command(first).description(description);
  for (const arg of args) command.argument(arg);
  return command
    .option('--server <url>', 'the server of jobs (default: host and port of the configuration)')
    .addOption(configOption());
}

async function printPage(client: JobsClient, flags: ListFlags, terminal: Terminal): Promise<void> {
  const { kind, state, pageSize, pageToken, json = false } = flags;
  const page = await client.list({
    ...(kind !== undefined && { kind }),
    ...(state !== undefined && { state }),
    ...(pageSize !== undefined && { pageSize: String(pageSize) }),
    ...(pageToken !== undefined && { pageToken }),
  });
  if (json) return terminal.write(`${plain(JSON.stringify(page))}\n`);
  const rows = [['ID', 'STATE', 'CREATED', 'KIND'], ...page.items.map(cellsOf)];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  await terminal.write(`${lines.join('\n')}\n`);
  if (page.nextPageToken !== '') terminal.error(`next page: --page-token ${plain(page.nextPageToken)}\n`);
}

function cellsOf({ id, state, createTime, kind }: ToldJob): readonly string[] {
  return [id, state, createTime, kind].map(plain);
}
