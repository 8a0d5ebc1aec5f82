import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EarshotError } from '#protocol';
import type { CommandContext } from '../context.ts';
import { examineMachine } from '../doctor/examine.ts';
import { renderFindings } from '../render/doctor.ts';

interface DoctorFlags {
  readonly json?: boolean;
  readonly online?: boolean;
  readonly data?: string;
  readonly model?: string;
}

/** `earshot doctor`: what works on this machine, and what to do about the rest. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('check what works on this machine and say what to do about the rest')
    .option('--json', 'as JSON')
    .option('--online', 'also ask whether models can be downloaded')
    .option('--model <folder>', 'the converted package to time (else the one in the model store)')
    .action(async (_options, command: Command) => {
      const { json, online = false, data, model } = command.optsWithGlobals<DoctorFlags>();
      const findings = await examineMachine({
        dataDir: data,
        online,
        modelFolder: model === undefined ? undefined : resolve(model),
        environment: context.environment,
      });
      if (json) context.out.write(`${JSON.stringify(findings, undefined, 2)}\n`);
      else context.out.write(renderFindings(findings, context.out.style));
      const problems = findings.filter((finding) => finding.state === 'problem');
      if (problems.length === 0) return;
      const titles = problems.map((finding) => finding.title).join(', ');
      throw new EarshotError('internal', `Something stands in the way of listening: ${titles}.`);
    });
}
