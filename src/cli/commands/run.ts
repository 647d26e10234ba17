import { command, text } from '../command.ts'

export const run = command({
  name: 'run',
  summary: 'run a role until SIGTERM or Ctrl-C',
  takes: '',
  about: `Runs until SIGTERM or Ctrl-C, then finishes the work in progress and exits. With CONFIG_DIR, applies that folder first.
When one of several workers fails, all of them end and the exit code is 1.`,
  options: {
    role: text('producer|processor|projector|api|all', 'the role to run'),
    workers: text(
      'n',
      'processes of a processor or projector, which share its partitions (default: one per core, at most one per partition; one with two cores or fewer)',
    ),
  },
  examples: ['waldstream run --role all', 'waldstream run --role processor --workers 4'],
})
