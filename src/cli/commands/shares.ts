import { type CommandGroup, command, text } from '../command.ts'
import { by, json, source } from './shared-options.ts'

export const sharesList = command({
  name: 'shares list',
  summary: 'list the links of an order',
  takes: '<number>',
  options: { source, json },
  examples: ['waldstream shares list 000000001'],
})

export const sharesCreate = command({
  name: 'shares create',
  summary: "create a link that shows a vendor's part of an order",
  takes: '<number>',
  about: `Anyone with the link sees that part, without an account. The path is printed only once; put the API's address before it.`,
  options: {
    connection: text('id', 'the connection whose part is shown; required'),
    days: text('n', 'how many days it is valid (default: 14, at most 90)'),
    source,
    by,
    json,
  },
  examples: ['waldstream shares create 000000001 --connection shop-vendor --days 7'],
})

export const sharesRevoke = command({
  name: 'shares revoke',
  summary: 'revoke a link at once',
  takes: '<number> <id>',
  options: { source, by, json },
  examples: ['waldstream shares revoke 000000001 k3v9'],
})

export const shares: CommandGroup = {
  name: 'shares',
  summary: 'links that show a vendor its part of an order: list, create, revoke',
  commands: [sharesList, sharesCreate, sharesRevoke],
}
