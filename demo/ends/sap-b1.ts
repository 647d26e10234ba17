import { decimal4, decimal8, multiply, subtract, sum, ZERO8 } from '../../src/events/decimal.ts'
import type { ErpOrder, VendorEnd } from './end.ts'

/** The simulator's state, as far as it is compared. */
export interface SapB1State {
  readonly Items: readonly {
    readonly ItemCode: string
    readonly ItemName: string
    readonly ItemWarehouseInfoCollection: readonly {
      readonly WarehouseCode: string
      readonly InStock: number
      readonly Committed: number
    }[]
  }[]
  readonly Orders: readonly SapB1Order[]
}

export interface SapB1Order {
  readonly DocEntry: number
  readonly NumAtCard: string | null
  readonly DocumentStatus: string
  readonly DocumentLines: readonly SapB1Line[]
  readonly DocumentAdditionalExpenses?: readonly { readonly ExpenseCode: number; readonly LineTotal: number }[]
}

interface SapB1Line {
  readonly LineNum: number
  readonly ItemCode: string
  readonly Quantity: number
  readonly UnitPrice: number
  readonly LineTotal: number
  readonly LineStatus: string
  readonly RemainingOpenQuantity: number
  readonly U_WLD_Line?: string | null
}

/** Codes of expenses, as config/demo-all has them. */
const FREIGHT = 1
const TAX = 2

export function sapB1End(system: string, { Items, Orders }: SapB1State): VendorEnd {
  return {
    system,
    orders: Orders.map(toOrder),
    items: new Map(Items.map(({ ItemCode, ItemName }) => [ItemCode, ItemName])),
    stock: new Map(
      Items.map(({ ItemCode, ItemWarehouseInfoCollection: rows }) => [
        ItemCode,
        new Map(rows.map((row) => [row.WarehouseCode, available(row.InStock, row.Committed)])),
      ]),
    ),
  }
}

const available = (inStock: number, committed: number) =>
  subtract(decimal8(inStock, 'InStock'), decimal8(committed, 'Committed'))

function toOrder(order: SapB1Order): ErpOrder {
  const expense = (code: number) =>
    sum(
      (order.DocumentAdditionalExpenses ?? [])
        .filter(({ ExpenseCode }) => ExpenseCode === code)
        .map(({ LineTotal }) => decimal4(LineTotal, 'LineTotal')),
    )
  const lines = order.DocumentLines.map((line) => {
    const quantity = decimal8(line.Quantity, 'Quantity')
    const amount = multiply(quantity, decimal8(line.UnitPrice, 'UnitPrice'))
    const open = decimal8(line.RemainingOpenQuantity, 'RemainingOpenQuantity')
    return {
      sku: line.ItemCode,
      quantity,
      amount,
      number: line.LineNum,
      lineId: line.U_WLD_Line ?? '',
      shipped: subtract(quantity, open),
      toShip: order.DocumentStatus === 'bost_Open' && line.LineStatus === 'bost_Open' ? open : ZERO8,
      net: decimal4(line.LineTotal, 'LineTotal'),
    }
  })
  return {
    id: String(order.DocEntry),
    reference: order.NumAtCard ?? '',
    open: order.DocumentStatus === 'bost_Open',
    lines: lines.map(({ net: _, ...line }) => line),
    discount: sum(lines.map(({ amount, net }) => subtract(amount, net))),
    tax: expense(TAX),
    shipping: expense(FREIGHT),
  }
}
