/**
 * Faults of outside systems. For each, `test/matrix` has a test, or the definition has a reason why it can't happen.
 */
export const faults = {
  'rate-limited': 'throttles a call and says for how long',
  'rate-limited-silently': 'throttles a call without saying for how long',
  'gateway-page': 'answers with a gateway’s page (5xx, HTML)',
  'lost-answer': 'carries out a request, but the response never arrives',
  'expired-login': 'expires the session or token in the middle of a run',
  'half-an-answer': 'sends half of a response',
  'past-the-end': 'receives a request for a page past the end',
  'notice-twice': 'sends the same notification (webhook, message) twice',
  'notices-out-of-order': 'sends notifications (webhooks, messages) out of order',
  'other-zone': 'sends times in its own time zone',
  'slow-answer': 'responds too late',
  'rows-move': 'changes rows during paging',
} as const

export type Fault = keyof typeof faults

/** Faults that can't happen, each with the reason. */
export type ImpossibleFaults = Readonly<Partial<Record<Fault, string>>>
