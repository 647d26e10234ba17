import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { orderFileName } from './order-file-name.ts'
import { orderEnding } from './order-format.ts'
import { joined } from './place.ts'
import type { OnceFile } from './send-once.ts'
import type { OrdersValues } from './settings.ts'

/** The files that a vendor may get for an order, each once. */
export interface OrderFiles {
  readonly order: OnceFile
  /** `version`: 1 for the first change. */
  change(version: number): OnceFile
  readonly cancellation: OnceFile
}

/**
 * Their paths. Names of marks depend on the reference only, so that a changed template sends nothing twice; `~` is in no
 * reference.
 */
export function orderFiles(event: VendorOrderRequested, reference: string, settings: OrdersValues): OrderFiles {
  const own = orderFileName('{reference}', reference, event)
  const work = joined(settings.folder, settings.workFolder)
  const fileOf = (what: string, template: string, suffix: string, version = 0): OnceFile => ({
    what: `${what} of order ${event.key}`,
    final: joined(settings.folder, orderFileName(template, reference, event, version)),
    waiting: joined(work, `${own}${suffix}.waiting`),
    mark: joined(work, `${own}${suffix}.sent`),
  })
  const ending = orderEnding(settings.format)
  return {
    order: fileOf('the file', settings.file ?? `{reference}.${ending}`, ''),
    change: (version) =>
      fileOf(
        `change ${version}`,
        settings['changes.file'] ?? `CHANGE-{reference}-{version}.${ending}`,
        `~change-${version}`,
        version,
      ),
    cancellation: fileOf(
      'the cancellation',
      settings['cancellations.file'] ?? `CANCEL-{reference}.${ending}`,
      '~cancellation',
    ),
  }
}
