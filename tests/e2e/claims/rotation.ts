import { testInAll } from "../harness/cases";
import { demoShows, fingerprintOf, watchDemo } from "../harness/demo-page";
import { SETTINGS, UP_MS, addressesOf, type Shared } from "./shared";

const NEW_PASSWORD = "the second password of the demo";
const NEW_GREETING = "Hello after a change";

/** New content of a secret and of a config reaches a running service that stays in service meanwhile. */
export function rotation(shared: Shared): void {
  test(
    "a new secret reaches every replica, the old secret is gone, and the page never fails",
    async () => {
      const { workspace, witness } = shared;
      const [old] = await witness.objects("secret");
      const addresses = await addressesOf(shared);
      const watch = watchDemo(addresses);
      await workspace.configureSecret("demoPassword", NEW_PASSWORD);
      const { changes } = await workspace.up();
      const { answers, failures } = await watch.stop();
      expect(changes).toEqual({ "Secret password": "replace", "SwarmStack demo": "update" });
      const wanted = fingerprintOf(NEW_PASSWORD);
      await demoShows(addresses[0], "the new secret", ({ secret }) => secret.fingerprint === wanted);
      expect(await witness.objects("secret")).toEqual([expect.stringMatching(/^password-[0-9a-f]{10}$/)]);
      expect(await witness.objects("secret")).not.toContain(old);
      expect(failures).toEqual([]);
      expect(answers).toBeGreaterThan(10);
    },
    UP_MS,
  );

  testInAll(
    "a new config text reaches the page, the old config is gone, and the page never fails",
    async () => {
      const { workspace, witness } = shared;
      const [old] = await witness.objects("config");
      const addresses = await addressesOf(shared);
      const watch = watchDemo(addresses);
      workspace.configure({ demoGreeting: NEW_GREETING });
      const { changes } = await workspace.up();
      const { answers, failures } = await watch.stop();
      expect(changes).toEqual({ "Config greeting": "replace", "SwarmStack demo": "update" });
      await demoShows(addresses[0], "the new greeting", ({ config }) => config.text === NEW_GREETING);
      expect(await witness.objects("config")).toEqual([expect.stringMatching(/^greeting-[0-9a-f]{10}$/)]);
      expect(await witness.objects("config")).not.toContain(old);
      expect(failures).toEqual([]);
      expect(answers).toBeGreaterThan(10);
      SETTINGS.demoGreeting = NEW_GREETING;
    },
    UP_MS,
  );
}
