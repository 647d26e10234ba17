import { stateText } from '../../format.ts'
import { texts } from '../../texts.ts'

/** State of a fulfilment in the shop. */
export function inShopText(status: string): string {
  return status === 'succeeded' ? texts.order.inShop : stateText(status).toLowerCase()
}
