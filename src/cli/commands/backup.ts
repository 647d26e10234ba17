import { command, flag } from '../command.ts'
import { json, yes } from './shared-options.ts'

export const backup = command({
  name: 'backup',
  summary: 'copy the tables into a new folder while everything runs, one file per table',
  takes: '<dir>',
  about: `The folder contains keys of persons and of the API: keep it as safe as the tables. Feed tables are left out, because they
are rebuilt from their topics.`,
  options: { json },
  examples: ['waldstream backup /backups/2026-11-29'],
})

export const restore = command({
  name: 'restore',
  summary: 'write a backup into empty tables and let every consumer resume at the positions of the backup',
  takes: '<dir>',
  about: 'Stop every process first.',
  options: {
    overwrite: flag('overwrite existing items; continues an interrupted restore'),
    yes,
    json,
  },
  examples: ['waldstream restore /backups/2026-11-29'],
})
