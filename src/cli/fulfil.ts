import { type FiledAnswer, fileFulfilment, type WantedFulfilment } from '../operations/file-fulfilment.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { fulfilConfirm, fulfilShip } from './commands/fulfil.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { placeOfOrder } from './order-place.ts'
import { UsageError } from './usage-error.ts'

export async function confirmCommand(given: Given<typeof fulfilConfirm>): Promise<void> {
  await file('confirm', given, { kind: 'confirmation', lines: [], tracks: [], requestKey: null })
}

export async function shipCommand(given: Given<typeof fulfilShip>): Promise<void> {
  const { line = [], track = [], carrier = null, key: requestKey = null } = given
  const tracks = track.map((number) => ({ number, carrier }))
  await file('ship', given, { kind: 'shipment', lines: line.map(lineOf), tracks, requestKey })
}

type Filed = Pick<WantedFulfilment, 'kind' | 'lines' | 'tracks' | 'requestKey'>

async function file(action: string, given: Given<typeof fulfilConfirm>, filed: Filed): Promise<void> {
  const { number, connection, source, dryRun, json } = given
  if (connection === undefined) throw new UsageError('fulfil needs --connection: the connection whose part it is')
  const by = commandUser(given.by)
  await noted(by, { what: `fulfil ${action}`, target: targetOf([number]) }, () =>
    onPlatform(async (operations) => {
      const place = await placeOfOrder(operations, by, number, source)
      const answer = await fileFulfilment(operations, by, { ...place, connection, ...filed, dryRun })
      console.log(json ? JSON.stringify(answer) : answerText(number, answer))
    }),
  )
}

function lineOf(text: string): WantedFulfilment['lines'][number] {
  const [line = '', quantity = '', ...more] = text.split('=')
  if (line !== '' && quantity !== '' && more.length === 0) return { line, quantity }
  throw new UsageError(`--line takes the id of a line and its quantity, for example 1404=2, not "${text}"`)
}

function answerText(number: string, { id, kind, dry_run, shop, lines, tracks }: FiledAnswer): string {
  const left = (open: string) => (kind === 'shipment' ? `, ${open} left to ship` : '')
  return [
    `${kind} ${id} of ${number}, ${dry_run ? `not sent: ${shop} would receive it` : `sent to ${shop}`}`,
    ...lines.map(({ quantity, sku, line, open }) => `  ${quantity} × ${sku} (line ${line})${left(open)}`),
    ...tracks.map((track) => `  ${track.carrier === null ? '' : `${track.carrier} `}${track.number}`),
  ].join('\n')
}
