import { type CommandGroup, command, text } from '../command.ts'
import { by, json } from './shared-options.ts'

export const keysList = command({
  name: 'keys list',
  summary: 'list the keys',
  takes: '',
  options: { json },
  examples: ['waldstream keys list'],
})

export const keysCreate = command({
  name: 'keys create',
  summary: 'create a key; it is shown only once',
  takes: '<name>',
  about: `Without --scopes, the first key is the administrator's, with all scopes. Without --connections and --systems a key has
access to everything.

Scopes: feeds:read, orders:push, fulfil, observe, operate, configure, administer, persons:read.`,
  options: {
    scopes: text('scopes', 'its scopes, separated by commas, or all'),
    connections: text('ids', 'connections that it has access to, separated by commas'),
    systems: text('ids', 'systems that it has access to, separated by commas'),
    expires: text('time', 'when it expires (ISO 8601; default: never)'),
    by,
    json,
  },
  examples: ['waldstream keys create shop --scopes feeds:read,orders:push --connections shop-vendor'],
})

export const keysRotate = command({
  name: 'keys rotate',
  summary: 'give a key a new secret; the old one is valid for a while',
  takes: '<id>',
  options: { oldUntil: text('time', 'how long the old secret is valid (ISO 8601; default: a day)'), by, json },
  examples: ['waldstream keys rotate abcdefghijkl'],
})

export const keysRevoke = command({
  name: 'keys revoke',
  summary: 'revoke a key; it is rejected everywhere within 5 seconds',
  takes: '<id>',
  options: { reason: text('text', 'why; stored in the audit trail'), by, json },
  examples: ['waldstream keys revoke abcdefghijkl --reason "left the company"'],
})

export const keys: CommandGroup = {
  name: 'keys',
  summary: "keys of the API's callers: list, create, rotate, revoke",
  commands: [keysList, keysCreate, keysRotate, keysRevoke],
  usual: 'list',
}
