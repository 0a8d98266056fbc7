import { LocalPlatform, readInventory, SshPlatform, type Platform } from "pulumi-swarm";
import { demoImage } from "./demo";
import type { Settings } from "./settings";

/** The platform that the configuration names. What is wrong with its values is found by the platform itself. */
export function platformFrom(settings: Settings): Platform {
  return settings.platform === "ssh" ? sshPlatform(settings) : localPlatform(settings);
}

function localPlatform({ subnet, nodeImage, images, ports, demo, cluster }: Settings): Platform {
  return new LocalPlatform({
    subnet,
    baseImage: nodeImage,
    images: demo ? [...images, demoImage(cluster)] : images,
    ports,
  });
}

function sshPlatform(settings: Settings): Platform {
  const { ssh, hosts, inventory, sshPassword, sshPrivateKey, sshPrivateKeyPassword } = settings;
  const listed = inventory ? readInventory(inventory) : { hosts: [], defaults: {} };
  const secrets = {
    ...(sshPassword ? { password: sshPassword } : {}),
    ...(sshPrivateKey ? { privateKey: sshPrivateKey } : {}),
    ...(sshPrivateKeyPassword ? { privateKeyPassword: sshPrivateKeyPassword } : {}),
  };
  return new SshPlatform({
    ...ssh,
    hosts: [...listed.hosts, ...hosts],
    defaults: { ...listed.defaults, ...ssh.defaults, ...secrets },
  });
}
