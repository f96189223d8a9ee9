import { Command, Option } from 'commander';
import { configOption, hostOption, portOption, wholeNumber } from './options.ts';
import type { RedriveFlags } from './redriveEvents.ts';
import type { ServerFlags } from './serverUrl.ts';
import type { ServeFlags } from './serveUntilStopped.ts';
import type { SubmitFlags } from './submit.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

const ENVIRONMENT =
  '\nThe environment goes before the configuration file: EVENTS_TRANSPORT (memory, rabbitmq), AMQP_URL, IDEMPOTENCY_SECRET;\n' +
  'AMQP_URL_FILE and IDEMPOTENCY_SECRET_FILE name files with them, as Docker keeps secrets.';

/** The commands of services, their commands and events. */
export function eventsCommands(terminal: Terminal, ended: (code: number) => void): readonly Command[] {
  const api = new Command('api')
    .description('take commands of a service over HTTP, and tell outcomes and events')
    .addOption(configOption())
    .addOption(hostOption())
    .addOption(portOption())
    .addHelpText('after', ENVIRONMENT)
    .action(async (flags: ServeFlags) => {
      const { withTelemetry } = await import('./telemetry/withTelemetry.ts');
      const { serveEvents } = await import('./serveEvents.ts');
      ended(await withTelemetry(terminal, (telemetry) => serveEvents(flags, terminal, telemetry)));
    });
  const consume = new Command('consume')
    .description('carry out the commands of a service, and handle events')
    .addOption(configOption())
    .addHelpText('after', ENVIRONMENT)
    .action(async (flags: { readonly config?: string }) => {
      const { withTelemetry } = await import('./telemetry/withTelemetry.ts');
      const { consumeEvents } = await import('./consumeEvents.ts');
      ended(await withTelemetry(terminal, () => consumeEvents(flags, terminal)));
    });
  const redrive = new Command('redrive')
    .description('move dead letters of a queue back into it')
    .argument('<queue>', 'the name of the queue, such as portfolio.commands')
    .addOption(configOption())
    .addOption(new Option('--max <n>', 'most letters to move (default: all)').argParser(wholeNumber(1, 1_000_000_000)))
    .addHelpText('after', ENVIRONMENT)
    .action(async (queue: string, flags: RedriveFlags) =>
      ended(await (await import('./redriveEvents.ts')).redriveEvents(queue, flags, terminal)),
    );

  const events = new Command('events').description('run a service: its two runtimes, and what became of dead letters');
  events.addCommand(
    withExamples(
      api,
      'rxfan events api --config portfolio.yaml --port 8090',
      'EVENTS_TRANSPORT=rabbitmq AMQP_URL=amqp://127.0.0.1 rxfan events api',
    ),
  );
  events.addCommand(
    withExamples(
      consume,
      'rxfan events consume --config portfolio.yaml',
      'EVENTS_TRANSPORT=rabbitmq AMQP_URL=amqp://127.0.0.1 rxfan events consume',
    ),
  );
  events.addCommand(
    withExamples(
      redrive,
      'rxfan events redrive portfolio.commands --config portfolio.yaml',
      'rxfan events redrive portfolio.commands --max 10',
    ),
  );

  const daemon = new Command('daemon')
    .description('hold one connection to a server, for all `rxfan submit` of this user')
    .option('--server <url>', 'the server of commands (default: host and port of the configuration)')
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nIt listens on a socket that only this user can reach: RXFAN_DAEMON_SOCKET, else rxfan/daemon.sock in\n' +
        'XDG_RUNTIME_DIR, XDG_STATE_HOME or ~/.local/state.',
    )
    .action(async (flags: ServerFlags) => ended(await (await import('./runDaemon.ts')).runDaemon(flags, terminal)));
  const send = new Command('submit')
    .description('send a command, through the daemon if there is one, and print its operation')
    .argument('<name>', 'the name of the command, such as demo.greet')
    .option('--data <json>', 'the data of the command', '{}')
    .option('--wait', 'wait for its end')
    .addOption(
      new Option('--timeout <s>', 'longest time for all of it, in seconds')
        .default(60)
        .argParser(wholeNumber(1, 86_400)),
    )
    .option('--key <key>', 'names this request: sent again, it means the same operation (default: a new one)')
    .option('--server <url>', 'the server itself, past the daemon (default: host and port of the configuration)')
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nExit codes: 0 accepted or succeeded, 1 failed or refused, 2 misused, 3 no outcome in time.',
    )
    .action(async (name: string, flags: SubmitFlags) =>
      ended(await (await import('./submit.ts')).submit(name, flags, terminal)),
    );
  return [
    withExamples(
      events,
      'rxfan events api --config portfolio.yaml',
      'rxfan events consume --config portfolio.yaml',
      'rxfan events redrive portfolio.commands --max 10',
    ),
    withExamples(daemon, 'rxfan daemon', 'rxfan daemon --server http://127.0.0.1:8080'),
    withExamples(
      send,
      `rxfan submit demo.greet --data '{"name":"Ada"}' --wait`,
      `rxfan submit demo.greet --data '{"name":"Ada"}' --key greet-1 --server http://127.0.0.1:8080`,
    ),
  ];
}
