import Type from 'typebox'
import { locationPolicies, OVERSOLD_REASONS } from './model.ts'
import { filledList, MOST_NAMES, MOST_PARTS, strict, text } from './schema-parts.ts'

const amounts = {
  fixed: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'pieces that are not sold; or percent' }),
  ),
  percent: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100,
      description: 'percentage of what is available that is not sold, rounded up to whole pieces; or fixed',
    }),
  ),
}

/** Of a connection: how the stock that may be sold is computed. */
export const sellableStockSchema = Type.Object(
  {
    locations: Type.Optional(
      Type.Object(
        {
          policy: Type.Enum([...locationPolicies], {
            description:
              'sum (all locations); list (those in names); priority (the first of names with something to sell)',
          }),
          names: Type.Optional(
            filledList(
              text("name of a vendor's location"),
              MOST_NAMES,
              "names of the vendor's locations, in their order; with policy: list or priority",
            ),
          ),
        },
        { ...strict, description: "which of the vendor's locations count: policy, names; all by default" },
      ),
    ),
    buffer: Type.Optional(
      Type.Object(
        {
          ...amounts,
          skus: Type.Optional(
            filledList(
              Type.Object(
                { match: text('regular expression on the SKU'), ...amounts },
                { ...strict, description: 'buffer of SKUs that match: match, and fixed or percent' },
              ),
              MOST_PARTS,
              'other buffers by SKU; the first one whose pattern matches counts',
            ),
          ),
        },
        { ...strict, description: 'pieces of each SKU that are not sold: fixed or percent, and skus' },
      ),
    ),
    reserve: Type.Optional(
      Type.Boolean({
        description:
          "true: pieces of orders that the vendor's stock does not include yet are not sold again; false by default",
      }),
    ),
    oversell: Type.Optional(
      Type.Object(
        {
          holdMinutes: Type.Integer({
            minimum: 1,
            maximum: 43_200,
            description: 'minutes that nothing of the SKU is sold, 1 to 43200',
          }),
          reasons: Type.Optional(
            filledList(
              text("text in the vendor's reasons that means lack of stock, in any case"),
              MOST_PARTS,
              `texts in the vendor's reasons that mean lack of stock; by default ${OVERSOLD_REASONS.join(', ')}`,
            ),
          ),
        },
        {
          ...strict,
          description:
            'what follows when the vendor cancels an order for lack of stock although the feed had some: holdMinutes, reasons',
        },
      ),
    ),
  },
  {
    ...strict,
    description:
      "how the stock that may be sold is computed from the vendor's stock: locations, buffer, reserve, oversell",
  },
)
