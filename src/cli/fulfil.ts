import { type FiledAnswer, fileFulfilment, type WantedFulfilment } from '../operations/file-fulfilment.ts'
import { commandUser, readArguments } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { placeOfOrder } from './order-place.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream fulfil confirm <number> --connection ID [--source SHOP] [--dry-run] [--by WHO] [--json]
waldstream fulfil ship <number> --connection ID [--line ID=PIECES …] [--track NUMBER …] [--carrier NAME]
                       [--key KEY] [--source SHOP] [--dry-run] [--by WHO] [--json]

  What a vendor did with its part of an order, where its ERP is not read for it: the shop is told as if the ERP had said it. Without
  --line all that is open is shipped; "waldstream order" has the lines. --dry-run says what the shop would be told. What is
  sent again with the same content, or under the same --key, is the same shipment.`

const options = {
  connection: { type: 'string' },
  line: { type: 'string', multiple: true },
  track: { type: 'string', multiple: true },
  carrier: { type: 'string' },
  key: { type: 'string' },
  source: { type: 'string' },
  by: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const kinds: Readonly<Record<string, WantedFulfilment['kind']>> = { confirm: 'confirmation', ship: 'shipment' }

export async function fulfilCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action = '', number, ...more] = positionals
  const kind = kinds[action]
  const { connection, carrier = null, key: requestKey = null, 'dry-run': dryRun } = values
  if (kind === undefined || number === undefined || more.length > 0) {
    throw new UsageError('fulfil takes confirm or ship, and an order number', USAGE)
  }
  if (connection === undefined) throw new UsageError('fulfil needs --connection: whose part it is', USAGE)
  const lines = (values.line ?? []).map(lineOf)
  const tracks = (values.track ?? []).map((track) => ({ number: track, carrier }))
  const by = commandUser(values.by)
  await noted(by, { what: `fulfil ${action}`, target: targetOf([number]) }, () =>
    onPlatform(async (operations) => {
      const place = await placeOfOrder(operations, by, number, values.source, USAGE)
      const wanted = { ...place, connection, kind, lines, tracks, requestKey, dryRun }
      const answer = await fileFulfilment(operations, by, wanted)
      console.log(values.json ? JSON.stringify(answer) : answerText(number, answer))
    }),
  )
}

function lineOf(text: string): WantedFulfilment['lines'][number] {
  const [line = '', quantity = '', ...more] = text.split('=')
  if (line !== '' && quantity !== '' && more.length === 0) return { line, quantity }
  throw new UsageError(`--line takes the id of a line and its pieces, for example 1404=2, not "${text}"`, USAGE)
}

function answerText(number: string, { id, kind, dry_run, shop, lines, tracks }: FiledAnswer): string {
  const left = (open: string) => (kind === 'shipment' ? `, ${open} left to ship` : '')
  return [
    `${kind} ${id} of ${number}, ${dry_run ? `not sent: ${shop} would be told` : `sent: ${shop} is told`}`,
    ...lines.map(({ quantity, sku, line, open }) => `  ${quantity} × ${sku} (line ${line})${left(open)}`),
    ...tracks.map((track) => `  ${track.carrier === null ? '' : `${track.carrier} `}${track.number}`),
  ].join('\n')
}
