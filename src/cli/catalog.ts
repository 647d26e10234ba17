import { type Command, type CommandGroup, commandsOf } from './command.ts'
import { apply } from './commands/apply.ts'
import { audit } from './commands/audit.ts'
import { backup, restore } from './commands/backup.ts'
import { changes } from './commands/changes.ts'
import { completion } from './commands/completion.ts'
import { deadLetters } from './commands/dead-letters.ts'
import { doctor } from './commands/doctor.ts'
import { files } from './commands/files.ts'
import { forget } from './commands/forget.ts'
import { fulfil } from './commands/fulfil.ts'
import { history } from './commands/history.ts'
import { init } from './commands/init.ts'
import { keys } from './commands/keys.ts'
import { notifications } from './commands/notifications.ts'
import { order } from './commands/order.ts'
import { orders } from './commands/orders.ts'
import { pauses } from './commands/pauses.ts'
import { positions } from './commands/positions.ts'
import { preview } from './commands/preview.ts'
import { reads } from './commands/reads.ts'
import { rebuild } from './commands/rebuild.ts'
import { replay } from './commands/replay.ts'
import { rows } from './commands/rows.ts'
import { run } from './commands/run.ts'
import { shares } from './commands/shares.ts'
import { stage } from './commands/stage.ts'
import { status } from './commands/status.ts'
import { subscriptions } from './commands/subscriptions.ts'
import { sync } from './commands/sync.ts'
import { system } from './commands/system.ts'
import { tasks } from './commands/tasks.ts'
import { test } from './commands/test.ts'
import { validate } from './commands/validate.ts'

export type Entry = Command | CommandGroup

/** Commands of one purpose, as help and documentation list them. */
export interface Section {
  readonly title: string
  readonly entries: readonly Entry[]
}

/** All commands. */
export const catalog: readonly Section[] = [
  { title: 'Configuration', entries: [init, files, validate, test, preview, apply, changes] },
  { title: 'Run and observe', entries: [run, doctor, status, system, notifications, subscriptions, backup, restore] },
  { title: 'Reads and replays', entries: [reads, sync, tasks, replay, rebuild] },
  { title: 'Failed and waiting records', entries: [deadLetters, pauses, positions, rows] },
  { title: 'Orders and feeds', entries: [order, orders, fulfil, shares, stage, history] },
  { title: 'Access and privacy', entries: [keys, audit, forget] },
  { title: 'Shell', entries: [completion] },
]

export const entries: readonly Entry[] = catalog.flatMap((section) => section.entries)

export const allCommands: readonly Command[] = entries.flatMap(commandsOf)

/** The entry behind the first word of a command line. */
export function entryNamed(name: string | undefined): Entry | undefined {
  return entries.find((entry) => entry.name === name)
}
