const SECRET_NAME = /SECRET|PASSWORD|PASSWD|TOKEN|KEY|CREDENTIAL|PRIVATE/i
/** A shorter value is found in honest texts too. */
const SHORTEST = 6

/** What keys of AWS, of PEM files, and lines of `.env` and `passwd` files look like; a pattern is one line without NUL. */
const LOOKS = [/[\0\r\n]/, /-----BEGIN [A-Z ]+-----/, /\b(AKIA|ASIA)[A-Z0-9]{16}\b/, /^[^:\s]+:[^:\s]*:\d+:\d+:/]

/** Whether a text holds the value of a variable that is a secret by its name, or what files of secrets hold. */
export function looksLikeSecret(text: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  if (LOOKS.some((look) => look.test(text))) return true
  return Object.entries(environment).some(
    ([name, value = '']) => SECRET_NAME.test(name) && value.length >= SHORTEST && text.includes(value),
  )
}
