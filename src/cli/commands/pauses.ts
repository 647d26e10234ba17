import { type CommandGroup, command, text } from '../command.ts'
import { by, json } from './shared-options.ts'

export const pausesList = command({
  name: 'pauses list',
  summary: 'list pauses and holds',
  takes: '',
  options: { json },
  examples: ['waldstream pauses list'],
})

export const pausesHold = command({
  name: 'pauses hold',
  summary: 'hold a connection, read, system or stage',
  takes: '<target>',
  about: `A connection: its orders are not sent to the vendor until somebody resumes it, or until --until.

A read: no run starts. Missed ticks are made up for later, and requests wait. A run in progress continues
("waldstream tasks cancel" ends it).

A system: no run of its reads starts, and deliveries to it wait.

A stage (map-products): all connections; resume it without a connection.

To disable something permanently, set "enabled: false" in its document.`,
  options: {
    reason: text('text', 'why; required'),
    stage: text('stage', 'the stage at which a connection is held (default: where its orders are delivered)'),
    until: text('time', 'resume at this time (ISO 8601)'),
    by,
    json,
  },
  examples: ['waldstream pauses hold shop-vendor --reason "ERP upgrade" --until 2026-12-01T06:00:00Z'],
})

export const pausesResume = command({
  name: 'pauses resume',
  summary: 'resume now; waiting records are released within seconds',
  takes: '<stage> [connection]',
  options: { by, json },
  examples: ['waldstream pauses resume deliver-vendor shop-vendor'],
})

export const pausesTry = command({
  name: 'pauses try',
  summary: 'try the waiting records of one key now',
  takes: '<stage> <connection> <key>',
  options: { by, json },
  examples: ['waldstream pauses try deliver-vendor shop-vendor 000000001'],
})

export const pauses: CommandGroup = {
  name: 'pauses',
  summary: 'held connections and reads, and waiting records: list, hold, resume, try',
  about: `Connections and reads are held by hand, or because most of their last records failed. Their records wait; those of other
connections continue. After failures one record is tried every few minutes, and when it succeeds the pause ends.`,
  commands: [pausesList, pausesHold, pausesResume, pausesTry],
}
