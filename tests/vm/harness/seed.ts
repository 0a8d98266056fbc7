/** A file that a test host gets before its services start. */
export interface SeedFile {
  path: string;
  /** Octal. */
  mode: string;
  owner: string;
  content: string;
}

/**
 * The lines that make systemd write the files at boot. A file that is there stays as it is, so what a test changes
 * survives a restart.
 * Source: tmpfiles.d(5), types `f` and `d`, and systemd-tmpfiles(8), credential `tmpfiles.extra`.
 */
export function seedLines(folders: Omit<SeedFile, "content">[], files: SeedFile[]): string {
  const lines = [
    ...folders.map(({ path, mode, owner }) => `d ${path} ${mode} ${owner} ${owner} -`),
    ...files.map(({ path, mode, owner, content }) => {
      const encoded = Buffer.from(content).toString("base64");
      return `f~ ${path} ${mode} ${owner} ${owner} - ${encoded}`;
    }),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The network of a host, for systemd-networkd.
 * Source: systemd-network-generator.service(8), credentials `network.network.*`.
 */
export function networkUnit(address: string, gateway: string): string {
  return `[Match]\nName=eth0\n[Network]\nAddress=${address}\nGateway=${gateway}\nLinkLocalAddressing=no\n`;
}
