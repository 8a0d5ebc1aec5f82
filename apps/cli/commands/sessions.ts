import type { Command } from 'commander';
import { parseCount, parseSessionId, refuseExtraWords } from '../arguments.ts';
import { commandName, type CommandContext } from '../context.ts';
import { count } from '../render/format.ts';
import { renderSession, renderSessions } from '../render/sessions.ts';
import { withTimeline } from '../stores.ts';
import { addRecoverCommand } from './recover.ts';

/** `earshot sessions`: what is kept, and what can be done with it. */
export function addSessionsCommand(program: Command, context: CommandContext): void {
  const sessions = program.command('sessions').description('list, show, rename, delete and recover sessions');
  const name = commandName(context.environment);

  sessions
    .command('list', { isDefault: true })
    .allowExcessArguments()
    .description('the newest sessions')
    .option('--limit <count>', 'how many', parseCount(10_000), 50)
    .option('--json', 'as JSON')
    .action(async (_options, command: Command) => {
      refuseExtraWords(sessions, command);
      const { limit, json, data } = command.optsWithGlobals<{
        limit: number;
        json?: boolean;
        data?: string;
      }>();
      await withTimeline(data, (timeline) => {
        const list = timeline.list({ limit });
        if (json) return context.out.write(`${JSON.stringify(list, undefined, 2)}\n`);
        if (list.length === 0) return context.err.write(`No sessions yet. Begin one: ${name} listen\n`);
        context.out.write(renderSessions(list, context.out.columns));
      });
    });

  sessions
    .command('show')
    .description('everything that was said and heard in a session')
    .argument('<id>', 'number of the session', parseSessionId)
    .option('--json', 'as JSON')
    .action(async (id: number, _options, command: Command) => {
      const { json, data } = command.optsWithGlobals<{ json?: boolean; data?: string }>();
      await withTimeline(data, (timeline) => {
        const session = timeline.get(id);
        const entries = timeline.entries(id);
        if (json) context.out.write(`${JSON.stringify({ session, entries }, undefined, 2)}\n`);
        else context.out.write(renderSession(session, entries, context.out.style));
      });
    });

  sessions
    .command('rename')
    .description('give a session another title')
    .argument('<id>', 'number of the session', parseSessionId)
    .argument('<title>', 'the new title')
    .action(async (id: number, title: string, _options, command: Command) => {
      await withTimeline(command.optsWithGlobals<{ data?: string }>().data, (timeline) => {
        const session = timeline.rename(id, title);
        context.err.write(`Session ${session.id} is now called “${session.title}”.\n`);
      });
    });

  sessions
    .command('delete')
    .description('delete a session; it can be restored until the deleted ones are purged')
    .argument('<id>', 'number of the session', parseSessionId)
    .action(async (id: number, _options, command: Command) => {
      await withTimeline(command.optsWithGlobals<{ data?: string }>().data, (timeline) => {
        const { title } = timeline.get(id);
        timeline.remove(id);
        context.err.write(
          `Session ${id}, “${title}”, is deleted. Bring it back: ${name} sessions restore ${id}\n`,
        );
      });
    });

  sessions
    .command('restore')
    .description('bring a deleted session back')
    .argument('<id>', 'number of the session', parseSessionId)
    .action(async (id: number, _options, command: Command) => {
      await withTimeline(command.optsWithGlobals<{ data?: string }>().data, (timeline) => {
        const session = timeline.restore(id);
        context.err.write(`Session ${session.id}, “${session.title}”, is back.\n`);
      });
    });

  sessions
    .command('purge')
    .description('remove deleted sessions for good')
    .action(async (_options, command: Command) => {
      await withTimeline(command.optsWithGlobals<{ data?: string }>().data, (timeline) => {
        context.err.write(`${count(timeline.purge(), 'deleted session')} removed for good.\n`);
      });
    });

  addRecoverCommand(sessions, context);
}
