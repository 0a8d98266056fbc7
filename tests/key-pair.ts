import { utils } from "ssh2";

type KeyPair = ReturnType<typeof utils.generateKeyPairSync>;
/** How the private half is encrypted. */
interface Encryption {
  passphrase: string;
  cipher: string;
  rounds?: number;
}

/**
 * An Ed25519 key pair in OpenSSH form. One in 256 that the library makes is cut short, because its first byte is zero
 * (no such key comes from ssh-keygen); those are thrown away.
 */
export function keyPair(encryption?: Encryption): KeyPair {
  for (;;) {
    const pair = utils.generateKeyPairSync(
      "ed25519",
      encryption as { passphrase: string; cipher: string; rounds: number },
    );
    if (!(utils.parseKey(pair.public) instanceof Error)) return pair;
  }
}
