const SECRET_NAME = /SECRET|PASSWORD|PASSWD|TOKEN|KEY|CREDENTIAL|PRIVATE/i
/** Shorter values also occur in harmless texts. */
const SHORTEST = 6

/** Forms of AWS keys, PEM files, and lines of `.env` and `passwd` files; a real pattern is one line without NUL. */
const LOOKS = [/[\0\r\n]/, /-----BEGIN [A-Z ]+-----/, /\b(AKIA|ASIA)[A-Z0-9]{16}\b/, /^[^:\s]+:[^:\s]*:\d+:\d+:/]

/** Whether a text contains the value of a variable with the name of a secret, or content of secret files. */
export function looksLikeSecret(text: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  if (LOOKS.some((look) => look.test(text))) return true
  return Object.entries(environment).some(
    ([name, value = '']) => SECRET_NAME.test(name) && value.length >= SHORTEST && text.includes(value),
  )
}
