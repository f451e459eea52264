/**
 * The advisory locks of the database, each with a number of its own. Any will do as long as nobody else takes them:
 * two meanings of one number would wait for each other.
 */
export const LOCKS = {
  /** Of two nodes that start together one migrates after the other. */
  migration: '7264830155',
  /** Held by the one node that is changing it. */
  configuration: '7264830156',
  /** Held while users and keys change, so that no two changes each leave the other's person to be the last. */
  access: '7264830157',
  /** Whoever works with the database at all. */
  owner: '7264830158',
  reports: '7264830159',
} as const;
