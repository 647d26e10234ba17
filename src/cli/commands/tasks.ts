import { type CommandGroup, command, flag, text } from '../command.ts'
import { by, json, limit, reason } from './shared-options.ts'

export const tasksList = command({
  name: 'tasks list',
  summary: 'list runs of reads, newest first',
  takes: '',
  options: {
    read: text('read', 'runs of one read'),
    state: text('due|processing|completed|failed|incomplete|merged', 'runs of one state'),
    since: text('time', 'requested at this time (ISO 8601) or later'),
    limit: limit(20, 200),
    json,
  },
  examples: ['waldstream tasks list --read shop.orders.all', 'waldstream tasks list --state failed'],
})

export const tasksShow = command({
  name: 'tasks show',
  summary: 'show one run: its window, its proof, its entities',
  takes: '<task>',
  options: { status: text('status', 'entities of one status'), limit: limit(50, 1000), json },
  examples: ['waldstream tasks show shop.orders.all.20260131 --status failed'],
})

export const tasksRetry = command({
  name: 'tasks retry',
  summary: 'retry the entities of a run that failed or are unknown',
  takes: '<task>',
  about: 'Retries their dead letters; entities without one are read again.',
  options: {
    reason,
    by,
    limit: text('n', 'maximum number (default: 100, at most 10000)'),
    rate: text('n', 'retries per second (default: 10, at most 100)'),
    dryRun: flag('show what would be retried, without retrying it'),
    json,
  },
  examples: ['waldstream tasks retry shop.orders.all.20260131 --dry-run'],
})

export const tasksCancel = command({
  name: 'tasks cancel',
  summary: 'cancel a run: a waiting run at once, a run in progress within seconds',
  takes: '<task>',
  about: 'Published events stay, and the next run reads its window.',
  options: { reason: text('text', 'why; required'), by, json },
  examples: ['waldstream tasks cancel shop.orders.all.20260131 --reason "wrong window"'],
})

export const tasks: CommandGroup = {
  name: 'tasks',
  summary: 'runs of reads and the state of their entities: list, show, retry, cancel',
  about: 'A task is named by its id; its first characters are enough if they are unambiguous.',
  commands: [tasksList, tasksShow, tasksRetry, tasksCancel],
  usual: 'list',
}
