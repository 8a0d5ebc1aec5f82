import type { Command } from 'commander';
import { findRecoverable, formatDateTime, openApplication } from '#session';
import { parseSessionId } from '../arguments.ts';
import { commandName, type CommandContext } from '../context.ts';
import { listenSession } from '../listen-session.ts';
import { createListenView } from '../listen-view.ts';
import { formatDuration } from '../render/format.ts';
import { renderTable } from '../render/table.ts';

interface RecoverFlags {
  readonly json?: boolean;
  readonly data?: string;
}

/** `earshot sessions recover`: what a session whose process died had heard and not yet written down. */
export function addRecoverCommand(sessions: Command, context: CommandContext): void {
  sessions
    .command('recover')
    .description('transcribe the rest of a session that was cut off; without a number: list such sessions')
    .argument('[id]', 'number of the session', parseSessionId)
    .option('--json', 'print every event as one line of JSON')
    .action(async (id: number | undefined, _options, command: Command) => {
      const flags = command.optsWithGlobals<RecoverFlags>();
      if (id === undefined) await listRecoverable(flags, context);
      else await recover(id, flags, context);
    });
}

async function listRecoverable(flags: RecoverFlags, context: CommandContext): Promise<void> {
  const application = await openApplication({
    dataDir: flags.data,
    command: commandName(context.environment),
  });
  try {
    const found = await findRecoverable(application.timeline, application.dataFolder.journalPath);
    if (flags.json) return context.out.write(`${JSON.stringify(found, undefined, 2)}\n`);
    if (found.length === 0) return context.err.write('Nothing to recover: every session ended well.\n');
    const layout = [
      { title: 'id', align: 'right' },
      { title: 'started' },
      { title: 'title', flexible: true },
      { title: 'to recover', align: 'right' },
    ] as const;
    const rows = found.map(({ session, recoverableSeconds }) => [
      String(session.id),
      formatDateTime(session.startedAtMs),
      session.title,
      formatDuration(recoverableSeconds),
    ]);
    context.out.write(renderTable(layout, rows, context.out.columns));
    context.err.write(`Recover one: ${commandName(context.environment)} sessions recover ID\n`);
  } finally {
    await application.close();
  }
}

async function recover(id: number, flags: RecoverFlags, context: CommandContext): Promise<void> {
  const application = await openApplication({
    dataDir: flags.data,
    command: commandName(context.environment),
  });
  try {
    const view = createListenView(context, { json: flags.json ?? false, trace: false });
    await listenSession(context, {
      view,
      measuresSpeed: true,
      greeting: `Going on with session ${id}.`,
      start: ({ onEvent, signal }) => application.recover(id, { onEvent, signal }),
    });
  } finally {
    await application.close();
  }
}
