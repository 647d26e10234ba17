/** What outside systems do to a client; `test/matrix` has a test for each, or the definition a reason why it can't happen. */
export const faults = {
  'rate-limited': 'refuses a call because of too many calls, and says for how long',
  'rate-limited-silently': 'refuses a call because of too many calls, and says nothing more',
  'gateway-page': 'answers with a gateway’s page (5xx, HTML)',
  'lost-answer': 'does what it is asked, and the answer never arrives',
  'expired-login': 'ends the session or token in the middle',
  'half-an-answer': 'sends half of an answer',
  'past-the-end': 'is asked for a page past the end',
  'notice-twice': 'sends the same notice (webhook, message) twice',
  'notices-out-of-order': 'sends notices (webhooks, messages) out of order',
  'other-zone': 'gives times in a zone of its own',
  'slow-answer': 'answers too late',
  'rows-move': 'changes rows while they are paged',
} as const

export type Fault = keyof typeof faults

/** Faults that can't happen, each with the reason. */
export type ImpossibleFaults = Readonly<Partial<Record<Fault, string>>>
