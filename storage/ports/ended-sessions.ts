/** Sessions that were signed out of: a copied cookie must not outlive them. Of no tenant. */
export interface EndedSessions {
  /** Resolves only when it is stored; sweeps those whose time is long over. */
  end(session: string, expiresAt: Date, now: Date): Promise<void>;
  isEnded(session: string): Promise<boolean>;
}
