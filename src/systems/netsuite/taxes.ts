/** How an order's tax is sent to the account. */
export const taxWays = ['taxTotal', 'item', 'computed', 'none'] as const

/**
 * `taxTotal`: the shop's tax as the order's tax; `item`: as a separate line with its own item; `computed`: NetSuite
 * computes the tax, which is compared; `none`: tax is neither sent nor compared.
 */
export type TaxSetting =
  | { readonly way: Exclude<(typeof taxWays)[number], 'item'> }
  | {
      readonly way: 'item'
      /** Internal id of the item. */
      readonly item: string
    }
