import type { Command } from 'commander';
import { parseCount } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { badUsage } from '../failure.ts';
import { renderSearch } from '../render/search.ts';
import { withTimeline } from '../stores.ts';

/** `earshot search TEXT`: where something was said. */
export function addSearchCommand(program: Command, context: CommandContext): void {
  program
    .command('search')
    .description('find where something was said')
    .argument('<text...>', 'words to look for')
    .option('--limit <count>', 'the most hits', parseCount(10_000), 20)
    .option('--json', 'as JSON, one hit a line')
    .addHelpText('after', '\nExample:\n  earshot search rainy evening --limit 5\n')
    .action(async (words: string[], _options, command: Command) => {
      const { limit, json, data } = command.optsWithGlobals<{
        limit: number;
        json?: boolean;
        data?: string;
      }>();
      const text = words.join(' ').trim();
      if (text === '') throw badUsage('Give at least one word to look for.');
      await withTimeline(data, (timeline) => {
        const hits = timeline.search(text, { limit });
        if (json) for (const hit of hits) context.out.write(`${JSON.stringify(hit)}\n`);
        else if (hits.length > 0) context.out.write(renderSearch(hits, context.out.style));
        else context.err.write(`Nothing found for “${text}”.\n`);
      });
    });
}
