import { command, flag } from '../command.ts'
import { by, json, reason } from './shared-options.ts'

export const apply = command({
  name: 'apply',
  summary: 'write a folder of configuration into the tables',
  takes: '<dir>',
  about: `Writes the systems, connections and product metadata of a folder into the tables. Running processes follow. Each change is
stored with its author ("waldstream changes").`,
  options: {
    dryRun: flag('show what would change, field by field, and write nothing'),
    overwrite: flag('also replace documents that were changed elsewhere (API, page) since a folder was last applied'),
    by,
    reason,
    json,
  },
  examples: ['waldstream apply config/demo --dry-run', 'waldstream apply config/demo --reason "new vendor"'],
})
