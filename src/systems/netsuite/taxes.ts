/** How the tax of an order gets to an account. */
export const taxWays = ['taxTotal', 'item', 'computed', 'none'] as const

/**
 * `taxTotal`: the shop's tax as the order's; `item`: as a line of its own, with an item for it; `computed`: NetSuite computes
 * it, and it is compared; `none`: it is neither sent nor compared.
 */
export type TaxSetting =
  | { readonly way: Exclude<(typeof taxWays)[number], 'item'> }
  | {
      readonly way: 'item'
      /** Internal id of the item. */
      readonly item: string
    }
