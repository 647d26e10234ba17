import { isLineField } from './order-columns.ts'
import type { OrderContent } from './order-content.ts'
import { orderCsv } from './order-csv.ts'
import { orderFixed } from './order-fixed.ts'
import { orderJson, orderJsonLines } from './order-json.ts'
import { type OrderPlace, placesProblem } from './order-places.ts'
import { elementProblem, type OrderElements, orderXml } from './order-xml.ts'

/** Formats of files that are written. */
export const orderFormats = ['csv', 'json', 'jsonl', 'xml', 'fixed'] as const
export type OrderFormat = (typeof orderFormats)[number]

/** What the settings say of a format. */
export interface OrderFormatValues extends OrderElements {
  readonly format: OrderFormat
  readonly delimiter: string
  readonly header: boolean
  readonly places: ReadonlyMap<string, OrderPlace> | null
}

const writers: Readonly<Record<OrderFormat, (content: OrderContent, values: OrderFormatValues) => string>> = {
  csv: orderCsv,
  json: orderJson,
  jsonl: orderJsonLines,
  xml: orderXml,
  fixed: (content, { places }) => orderFixed(content, places ?? new Map()),
}

/** The text of an order's file. */
export function formatOrder(content: OrderContent, values: OrderFormatValues): string {
  return writers[values.format](content, values)
}

/** The end of the names of files of a format. */
export function orderEnding(format: OrderFormat): string {
  return format === 'fixed' ? 'txt' : format
}

/** Problems of settings that do not fit their format, by name. `columns`: names and fields. */
export function orderFormatProblems(
  values: OrderFormatValues,
  columns: ReadonlyMap<string, string>,
): Readonly<Record<string, string | null>> {
  const { format, places } = values
  const isElse = places !== null && format !== 'fixed'
  return {
    places:
      format === 'fixed'
        ? placesProblem(places, [...columns.keys()])
        : isElse
          ? 'is for the format fixed; remove it, or set format'
          : null,
    columns: format === 'xml' ? firstProblem([...columns.keys()], elementProblem) : null,
    ...Object.fromEntries(
      (['names.order', 'names.lines', 'names.line'] as const).map((name) => {
        return [name, format === 'xml' ? elementProblem(values[name]) : null]
      }),
    ),
    ...(format === 'xml' || format === 'json' ? { 'names.lines': linesProblem(values, columns) } : {}),
  }
}

function firstProblem(names: readonly string[], problemOf: (name: string) => string | null): string | null {
  return names.map(problemOf).find((problem) => problem !== null) ?? null
}

/** The lines lie beside what is about the order. */
function linesProblem(values: OrderFormatValues, columns: ReadonlyMap<string, string>): string | null {
  const name = values['names.lines']
  const isTaken = [...columns].some(([column, field]) => column === name && !isLineField(field))
  if (isTaken) return `must differ from the column ${name}`
  return values.format === 'xml' ? elementProblem(name) : null
}
