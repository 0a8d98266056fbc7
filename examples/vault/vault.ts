const PATIENCE_MS = 10_000;

/** As much of Vault's HTTP API as a program needs that reads secrets: AppRole, and the KV engine in its version 2. */
export class Vault {
  private constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  /** @throws Error with what Vault says */
  static async login(address: string, roleId: string, secretId: string): Promise<Vault> {
    const body = JSON.stringify({ role_id: roleId, secret_id: secretId });
    const { auth } = (await asked(address, "auth/approle/login", { method: "POST", body })) as {
      auth: { client_token: string };
    };
    return new Vault(address, auth.client_token);
  }

  /** The newest version of a secret: its keys and values. @param mount - of the engine */
  async read(mount: string, name: string): Promise<Record<string, string>> {
    const headers = { "X-Vault-Token": this.token };
    const { data } = (await asked(this.address, `${mount}/data/${name}`, { headers })) as {
      data: { data: Record<string, string> };
    };
    return data.data;
  }
}

async function asked(address: string, path: string, request: RequestInit): Promise<unknown> {
  const url = new URL(`/v1/${path}`, address);
  let response: Response;
  try {
    response = await fetch(url, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    throw new Error(`Vault at ${url.origin} cannot be asked: ${cause?.message ?? message}`, { cause: error });
  }
  const answer = (await response.json().catch(() => ({}))) as { errors?: string[] };
  if (response.ok) return answer;
  const why = answer.errors?.join("; ") || "it does not exist, or this role may not read it";
  throw new Error(`Vault refuses ${path}: ${response.status}, ${why}`);
}
