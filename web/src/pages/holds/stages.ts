import { entityText } from '../../format.ts'
import { texts } from '../../texts.ts'

const DELIVER = 'deliver-'

/** What a stage delivers, and to which system; undefined: it is not a delivery. System ids hold no colon. */
export function deliveryOf(stage: string): { readonly system: string; readonly entity: string } | undefined {
  if (!stage.startsWith(DELIVER)) return undefined
  const [system = '', kind = 'vendor-orders'] = stage.slice(DELIVER.length).split(':')
  return { system, entity: kind.slice(kind.indexOf('-') + 1) }
}

/** A stage in words: `deliver-erp` is the delivery of orders to erp. */
export function stageText(stage: string): string {
  const delivery = deliveryOf(stage)
  if (delivery !== undefined) return texts.holds.delivery(entityText(delivery.entity).toLowerCase(), delivery.system)
  const [verb = '', entity = ''] = stage.split('-')
  return texts.holds.stages[verb]?.(entityText(entity).toLowerCase()) ?? stage
}

/** Stages at which a connection of this shop and vendor has records; deliveries first. */
export function stagesOf(
  stages: readonly string[],
  { shop, vendor }: { readonly shop: string; readonly vendor: string },
): readonly string[] {
  const own = stages.filter((stage) => [undefined, shop, vendor].includes(deliveryOf(stage)?.system))
  return own.toSorted((a, b) => Number(deliveryOf(a) === undefined) - Number(deliveryOf(b) === undefined))
}
