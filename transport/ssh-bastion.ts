import type { SshEndpoint } from "../schema/connection";
import { SshLink, type SshLimits } from "./ssh-link";
import { slot, type Session } from "../foundation/session";

/** One machine's use of a bastion. */
export interface BastionUse {
  link: SshLink;
  /** Closes the connection to the bastion when nobody else uses it. */
  end(): void;
}

const inUse = slot(() => new Map<string, { link: SshLink; users: number }>());

/**
 * The one connection to a bastion, shared by all machines behind it: with one for each, fifty machines would be turned
 * away (MaxStartups). Forwarded connections do not count as sessions (MaxSessions).
 */
export function useBastion(bastion: SshEndpoint, limits: SshLimits, session: Session): BastionUse {
  const links = session.get(inUse);
  const key = JSON.stringify(bastion);
  const shared = links.get(key) ?? { link: new SshLink(bastion, limits), users: 0 };
  links.set(key, shared);
  shared.users++;
  let ended = false;
  return {
    link: shared.link,
    end() {
      if (ended) return;
      ended = true;
      if (--shared.users > 0) return;
      shared.link.close();
      links.delete(key);
    },
  };
}
