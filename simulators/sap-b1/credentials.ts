/** The company and user a simulator accepts; nothing real, so they may be printed and put into examples. */
export const SAP_B1_CREDENTIALS = {
  companyDb: 'SBODEMOUS',
  username: 'waldstream',
  password: 'sap-b1-simulator-password',
} as const
