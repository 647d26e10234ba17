/** Titles shown before the page's program is loaded; `texts.ts`, with all texts, is loaded with the program. */
export const firstTitles = {
  overview: 'Overview',
  order: (number: string) => `Order ${number}`,
  orders: 'Orders',
} as const
