/** What outside systems do to a client: by name, as it is told. */
export const faults = {
  'rate-limited': 'refuses for there being too many calls, and tells for how long',
  'rate-limited-silently': 'refuses for there being too many calls, and tells nothing',
  'gateway-page': 'answers with a gateway’s page (5xx, HTML)',
  'lost-answer': 'does what it is asked, and the answer never comes',
  'expired-login': 'ends the session or token in the middle',
  'half-an-answer': 'sends half of an answer',
  'past-the-end': 'is asked for a page past the end',
  'notice-twice': 'sends the same notice (webhook, message) twice',
  'notices-out-of-order': 'sends notices (webhooks, messages) out of order',
  'other-zone': 'tells times in a zone of its own',
  'slow-answer': 'answers too late',
  'rows-move': 'changes rows while they are paged',
} as const
export type Fault = keyof typeof faults

export const matrixSystems = [
  'magento2',
  'netsuite',
  'sap-b1',
  'bigcommerce',
  'bigcommerce-b2b',
  'sqs',
  'image-feed',
] as const
export type MatrixSystem = (typeof matrixSystems)[number]

/** A shop's own module may send some: they only have a read requested, and that twice is one (tests of the API). */
const NO_NOTICES = 'Magento sends none: it is asked'

/** Cells without a test, and why it can't happen there. */
export const cannotHappen: Readonly<Record<MatrixSystem, Readonly<Partial<Record<Fault, string>>>>> = {
  magento2: {
    'notice-twice': NO_NOTICES,
    'notices-out-of-order': NO_NOTICES,
  },
  netsuite: {
    'notice-twice': 'NetSuite sends no notices: it is read by schedule',
    'notices-out-of-order': 'NetSuite sends no notices: it is read by schedule',
  },
  'sap-b1': {
    'notice-twice': 'SAP Business One sends no notices: it is asked',
    'notices-out-of-order': 'SAP Business One sends no notices: it is asked',
  },
  bigcommerce: {},
  'bigcommerce-b2b': {
    'lost-answer': 'nothing is written to B2B Edition',
    'other-zone': 'all of its times are Unix seconds',
  },
  sqs: {
    'rows-move': 'a queue has no pages: a message is given to one reader at a time, and again until it is deleted',
  },
  'image-feed': {
    'past-the-end': 'a feed is one file: there are no pages to be asked for',
    'notice-twice': 'a feed sends no notices',
    'notices-out-of-order': 'a feed sends no notices',
    'other-zone': 'rows have no times, and dates of HTTP are in GMT; they are sent back as they came',
  },
}
