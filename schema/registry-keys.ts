export interface RegistryKeysInputs {
  /** The registry's address or name, as nodes reach it: the certificate's. @change update */
  address: string;
  /** The user that the registry lets in. @change update */
  username: string;
  /** Any new value makes another password and another certificate, by the same authority. @change update */
  rotate?: string;
}

export interface RegistryKeysOutputs {
  /** The user's password. @secret */
  password: string;
  /** The registry's file of users, as htpasswd writes it: with a hash of the password. @secret */
  users: string;
  /** Certificate of the authority that whoever uses the registry trusts, as PEM. */
  authority: string;
  /** Private key of the authority, as PEM. @secret */
  authorityKey: string;
  /** Certificate of the registry, as PEM. */
  certificate: string;
  /** Private key of the registry, as PEM. @secret */
  key: string;
  /** When the registry's certificate ends, as an RFC 3339 time. */
  expires: string;
}
