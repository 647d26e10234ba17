/** Names that vendors give their columns, most telling first. Case, blanks, signs and accents do not count. */
const SKU = [
  'sku',
  'item no',
  'item number',
  'article number',
  'part number',
  'item code',
  'product code',
  'stock code',
]
const LOCAL_SKU = ['artikelnummer', 'artikel-nr', 'artnr', 'art nr', 'teilenummer', 'référence article', 'code article']
const OTHER_SKU = [
  'código',
  'codice articolo',
  'artikelcode',
  'mpn',
  'item',
  'article',
  'artikel',
  'part no',
  'product id',
]

const sku = [...SKU, ...LOCAL_SKU, ...OTHER_SKU]
const piecesOf = [
  'quantity',
  'qty',
  'menge',
  'anzahl',
  'stückzahl',
  'stück',
  'quantité',
  'cantidad',
  'quantità',
  'aantal',
]

/** Of files of shipments and of answers to orders. */
const ofOrders = {
  order: [
    ...['reference', 'po number', 'po no', 'purchase order', 'customer order', 'your order', 'order reference', 'po'],
    ...['bestellnummer', 'ihre bestellung', 'kundenreferenz', 'referenz', 'référence commande', 'bestelnummer'],
    ...['order number', 'order no', 'order id', 'auftragsnummer', 'order'],
  ],
  sku,
}

/** By the prefix of their settings, the settings `columns.<name>` and the names of such columns. */
export const headerWords: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  inventory: {
    sku,
    quantity: [
      ...[
        'available',
        'available quantity',
        'available qty',
        'qty available',
        'available stock',
        'atp',
        'free',
        'free stock',
      ],
      ...[
        'verfügbar',
        'verfügbare menge',
        'verfügbarer bestand',
        'freier bestand',
        'disponible',
        'disponibile',
        'beschikbaar',
      ],
      ...['stock quantity', 'stock', 'inventory', 'lagerbestand', 'bestand', 'stock level', 'voorraad', 'giacenza'],
      ...[...piecesOf, 'on hand', 'availability', 'verfügbarkeit', 'in stock'],
    ],
    on_hand: [
      'on hand',
      'qty on hand',
      'quantity on hand',
      'physical stock',
      'lagerbestand',
      'bestand',
      'stock physique',
    ],
    location: [
      'location',
      'warehouse',
      'lager',
      'lagerort',
      'standort',
      'entrepôt',
      'almacén',
      'magazzino',
      'magazijn',
    ],
  },
  products: {
    sku,
    name: [
      ...['name', 'product name', 'title', 'item name', 'description', 'short description'],
      ...[
        'bezeichnung',
        'artikelbezeichnung',
        'produktname',
        'kurztext',
        'désignation',
        'nombre',
        'descrizione',
        'omschrijving',
      ],
    ],
    barcode: [
      'barcode',
      'ean',
      'ean13',
      'ean code',
      'gtin',
      'upc',
      'upc code',
      'strichcode',
      'code barre',
      'código de barras',
    ],
    manufacturer: [
      'manufacturer',
      'brand',
      'brand name',
      'hersteller',
      'marke',
      'fabricant',
      'marque',
      'fabricante',
      'merk',
    ],
    parent: [
      'parent',
      'parent sku',
      'parent id',
      'master',
      'master sku',
      'variant of',
      'vater',
      'hauptartikel',
      'stammartikel',
    ],
    weight: [
      'weight',
      'gross weight',
      'net weight',
      'gewicht',
      'bruttogewicht',
      'poids',
      'peso',
      'weight kg',
      'gewicht kg',
    ],
  },
  prices: {
    sku,
    price: [
      ...['price', 'unit price', 'net price', 'sales price', 'list price', 'retail price', 'msrp', 'rrp', 'uvp'],
      ...['preis', 'verkaufspreis', 'nettopreis', 'listenpreis', 'vk', 'prix', 'precio', 'prezzo', 'prijs'],
    ],
    level: [
      'level',
      'price level',
      'price list',
      'price group',
      'customer group',
      'preisgruppe',
      'preisliste',
      'kundengruppe',
    ],
    currency: ['currency', 'currency code', 'währung', 'devise', 'moneda', 'valuta'],
    quantity: [
      ...['minimum quantity', 'min qty', 'from quantity', 'ab menge', 'staffel', 'staffelmenge', 'mindestmenge'],
      ...piecesOf,
    ],
    valid_from: ['valid from', 'from date', 'start date', 'gültig ab', 'gültig von', 'valable du', 'válido desde'],
    valid_to: ['valid to', 'valid until', 'to date', 'end date', 'gültig bis', 'valable au', 'válido hasta'],
    cost: [
      'cost',
      'cost price',
      'purchase price',
      'dealer price',
      'wholesale price',
      'einkaufspreis',
      'ek',
      'hek',
      "prix d'achat",
    ],
  },
  images: {
    sku,
    url: [
      'url',
      'image url',
      'image',
      'picture',
      'picture url',
      'bild',
      'bild url',
      'bildlink',
      'link',
      'foto',
      'afbeelding',
    ],
    position: ['position', 'sort', 'sort order', 'reihenfolge'],
    label: ['label', 'alt text', 'alt', 'caption', 'bildtitel'],
  },
  fulfilments: {
    ...ofOrders,
    quantity: [
      'shipped quantity',
      'quantity shipped',
      'qty shipped',
      'shipped',
      'gelieferte menge',
      'liefermenge',
      ...piecesOf,
    ],
    tracking: [
      ...['tracking number', 'tracking no', 'tracking id', 'tracking', 'tracking code', 'waybill', 'consignment'],
      ...['sendungsnummer', 'paketnummer', 'trackingnummer', 'sendungs-id', 'numéro de suivi', 'número de seguimiento'],
    ],
    carrier: [
      'carrier',
      'carrier name',
      'shipping company',
      'shipper',
      'versanddienstleister',
      'spedition',
      'transporteur',
      'vervoerder',
    ],
    shipment: [
      'shipment',
      'shipment number',
      'delivery note',
      'delivery number',
      'lieferschein',
      'lieferscheinnummer',
      'bon de livraison',
    ],
  },
  acknowledgements: {
    ...ofOrders,
    quantity: ['confirmed quantity', 'confirmed', 'bestätigte menge', ...piecesOf],
    status: [
      'status',
      'order status',
      'line status',
      'state',
      'code',
      'response',
      'bestellstatus',
      'statut',
      'estado',
      'stato',
    ],
    reason: ['reason', 'reason text', 'comment', 'remark', 'message', 'grund', 'bemerkung', 'motif', 'motivo', 'reden'],
  },
}

/** Columns that are about people, whatever file they are in. */
const ABOUT_PEOPLE = new RegExp(
  [
    '\\b(?:customer|kunden?|client|recipient|empfanger|consignee|buyer|besteller|contact|kontakt)(?!.?(?:group|gruppe))',
    'e-?mail|telefon|telephone|\\bphone|\\bmobil|strasse|street|address|adresse|anschrift',
    '\\b(?:city|town|ort|stadt|zip|plz|postal|postcode|postleitzahl|birth)\\b',
    'first.?name|last.?name|full.?name|vorname|nachname|ship.?to|bill.?to',
  ].join('|'),
  'i',
)

export function isAboutPeople(name: string): boolean {
  return ABOUT_PEOPLE.test(folded(name).replaceAll(/[_.]/g, ' '))
}

/** The columns that the settings `columns.…` may mean, each for one of them, with other likely ones. Pure. */
export interface LikelyColumn {
  readonly column: string
  readonly others: readonly string[]
}

/** By setting: `sku`, `quantity`. A column is proposed once. Pure. */
export function likelyColumns(entity: string, names: readonly string[]): ReadonlyMap<string, LikelyColumn> {
  const found = new Map<string, LikelyColumn>()
  const taken = new Set<string>()
  for (const [setting, words] of Object.entries(headerWords[entity] ?? {})) {
    const ranked = names
      .filter((name) => !taken.has(name))
      .map((name) => ({ name, rank: rankOf(name, words) }))
      .filter(({ rank }) => rank < NONE)
      .toSorted((a, b) => a.rank - b.rank)
    const [first, ...others] = ranked.map(({ name }) => name)
    if (first === undefined) continue
    taken.add(first)
    found.set(setting, { column: first, others })
  }
  return found
}

const NONE = Number.POSITIVE_INFINITY
/** A shorter word is part of too many others. */
const SHORTEST_PART = 5

/** Whole names before the last parts of paths, and these before words within a name. */
function rankOf(name: string, words: readonly string[]): number {
  const [whole, last] = [plain(name), plain(name.split('.').at(-1) ?? '')]
  const ranks = words.map(plain).map((word, at) => {
    if (word === whole) return at
    if (word === last) return words.length + at
    return word.length >= SHORTEST_PART && whole.includes(word) ? 2 * words.length + at : NONE
  })
  return Math.min(...ranks)
}

const folded = (name: string): string => name.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss')

const plain = (name: string): string =>
  folded(name)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
