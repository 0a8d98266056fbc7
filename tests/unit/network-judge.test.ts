import { judgeNetworks, notLookedAt } from "../../swarm/network-truth/judge-networks";
import { judgeAnnounced } from "../../swarm/network-truth/judge-names";
import type { NetworkLook } from "../../swarm/network-truth/look";
import { describeRemedy } from "../../swarm/network-truth/wrong";
import { changed, LOOK, mac, RECORDS, SHOP, shopOn } from "./fixtures/network-look";

const NS = "nsenter --net=/var/run/docker/netns/1-shopshopsh";

/** "text → remedy" of everything that is wrong. */
function said(look: NetworkLook): string[] {
  return judgeNetworks(look).map((wrong) => `${wrong.text} → ${describeRemedy(wrong)}`);
}

test("a sound network: nothing is wrong, and all of it was looked at", () => {
  expect(judgeNetworks(LOOK)).toEqual([]);
  expect(notLookedAt(LOOK)).toEqual([]);
});

describe("kernel entries", () => {
  test.each([
    [
      "a neighbour entry that is missing",
      changed((look) => void shopOn(look, "manager-1").entries.neighbours.shift()),
      `shop on manager-1: the neighbour entry of 10.20.1.4, web.2 on app-1, is missing → on manager-1: ${NS} ip neigh replace 10.20.1.4 lladdr 02:42:0a:14:01:04 dev vxlan0 nud permanent`,
    ],
    [
      "a neighbour entry with another hardware address",
      changed((look) => void (shopOn(look, "app-1").entries.neighbours[0].mac = "02:42:0a:14:01:63")),
      `shop on app-1: the neighbour entry of 10.20.1.3, web.1 on manager-1, has 02:42:0a:14:01:63 instead of 02:42:0a:14:01:03 → on app-1: ${NS} ip neigh replace 10.20.1.3 lladdr 02:42:0a:14:01:03 dev vxlan0 nud permanent`,
    ],
    [
      "a forwarding entry that is missing",
      changed((look) => void shopOn(look, "manager-1").entries.forwarding.splice(1, 1)),
      `shop on manager-1: the forwarding entry of 10.20.1.5 (02:42:0a:14:01:05), db.1 on app-1, is missing → on manager-1: ${NS} bridge fdb replace 02:42:0a:14:01:05 dev vxlan0 dst 172.30.0.3 self permanent`,
    ],
    [
      "a forwarding entry to another node",
      changed((look) => void (shopOn(look, "manager-1").entries.forwarding[0].to = "172.30.0.9")),
      `shop on manager-1: the forwarding entry of 10.20.1.4 (02:42:0a:14:01:04), web.2 on app-1, leads to 172.30.0.9 instead of 172.30.0.3 → on manager-1: ${NS} bridge fdb replace 02:42:0a:14:01:04 dev vxlan0 dst 172.30.0.3 self permanent`,
    ],
    [
      "entries that are left",
      changed((look) => {
        shopOn(look, "app-1").entries.neighbours.push({ ip: "10.20.1.99", mac: mac("10.20.1.99") });
        shopOn(look, "app-1").entries.forwarding.push({ mac: mac("10.20.1.98"), to: "172.30.0.2" });
      }),
      `shop on app-1: the neighbour entry of 10.20.1.99 (02:42:0a:14:01:63) is left, and no other node has it → on app-1: ${NS} ip neigh del 10.20.1.99 dev vxlan0`,
      `shop on app-1: the forwarding entry of 02:42:0a:14:01:62 to 172.30.0.2 is left, and no other node has it → on app-1: ${NS} bridge fdb del 02:42:0a:14:01:62 dev vxlan0 dst 172.30.0.2 self`,
    ],
  ])("%s", (_name, look, ...expected) => {
    expect(said(look)).toEqual(expected);
  });

  test("what is left costs nothing yet, what is missing does", () => {
    const left = changed((look) =>
      shopOn(look, "app-1").entries.neighbours.push({ ip: "10.20.1.99", mac: "02:42:0a:14:01:63" }),
    );
    const missing = changed((look) => shopOn(look, "app-1").entries.neighbours.pop());
    expect(judgeNetworks(left).map(({ isHarmless }) => isHarmless)).toEqual([true]);
    expect(judgeNetworks(missing).map(({ isHarmless }) => isHarmless)).toEqual([false]);
  });

  test("nothing counts as left while a node that may have it was not asked", () => {
    const look = changed((found) => {
      found.nodes[0] = { ...found.nodes[0], failure: "it does not run", networks: {} };
    });
    expect(judgeNetworks(look)).toEqual([]);
    expect(notLookedAt(look)).toEqual(["manager-1: it does not run"]);
  });

  test("tunnels that end at a data path address of their own are right", () => {
    const look = changed((found) => {
      found.nodes[1].addresses.push("192.168.7.3");
      for (const entry of shopOn(found, "manager-1").entries.forwarding) entry.to = "192.168.7.3";
    });
    expect(judgeNetworks(look)).toEqual([]);
  });

  test("tunnels that end at an address that no node has itself, behind a translation, are right where all agree", () => {
    const look = changed((found) => {
      for (const entry of shopOn(found, "manager-1").entries.forwarding) entry.to = "203.0.113.3";
    });
    expect(judgeNetworks(look)).toEqual([]);
  });
});

describe("names", () => {
  test.each([
    [
      "a task that a name does not lead to",
      changed((look) => (shopOn(look, "app-1").answers.byName["tasks.web"] = ["10.20.1.4"])),
      "shop on app-1: the name tasks.web does not lead to 10.20.1.3 → npm run swarm -- docker service update --force web",
    ],
    [
      "a name that leads to an address of a task long gone",
      changed((look) => look.nodes[0].networks[SHOP.id].answers?.byName["tasks.db"].push("10.20.1.77")),
      "shop on manager-1: the name tasks.db leads to 10.20.1.77, which none of its tasks has → make the engines forget 10.20.1.77 in shop (--repair-network does)",
    ],
    [
      "a name that is not known at all",
      changed((look) => (shopOn(look, "app-1").answers.byName.web = [])),
      "shop on app-1: the name web does not lead to 10.20.1.2 → npm run swarm -- docker service update --force web",
    ],
  ])("%s", (_name, look, ...expected) => {
    expect(said(look)).toEqual(expected);
  });

  test("a task that comes or goes may be among the answers, and need not be", () => {
    const comes = {
      ...RECORDS.tasks[2],
      id: "t4",
      name: "db.2",
      addresses: { [SHOP.id]: "10.20.1.8" },
      isServing: false,
    };
    const without = changed((look) => void look.records.tasks.push(comes));
    const among = changed((look) => {
      look.records.tasks.push(comes);
      shopOn(look, "app-1").answers.byName.db.push("10.20.1.8");
    });
    expect([judgeNetworks(without), judgeNetworks(among)]).toEqual([[], []]);
  });

  test("a container that still has the address is no stale answer, whatever the managers say of its task", () => {
    const look = changed((found) => {
      found.records.tasks.splice(2, 1);
      found.records.services[1].vips = { other: "10.9.0.2" };
    });
    expect(judgeNetworks(look)).toEqual([]);
  });

  test("a task in several networks may be told of the service in another one of them", () => {
    const look = changed((found) => {
      found.records.networks.push({ ...found.records.networks[0], id: "other", name: "other" });
      found.records.tasks[1].addresses.other = "10.20.9.4";
      found.records.tasks[0].addresses.other = "10.20.9.3";
      found.nodes[1].networks.other = { endpoints: [] };
      shopOn(found, "app-1").answers.byName["tasks.web"] = ["10.20.9.3", "10.20.9.4"];
    });
    expect(judgeNetworks(look)).toEqual([]);
  });
});

describe("balancers", () => {
  test.each([
    [
      "a task that they do not send to",
      changed((look) => void shopOn(look, "app-1").balancer.destinations[256].pop()),
      "shop on app-1: the balancer of web does not send to 10.20.1.4 → npm run swarm -- docker service update --force web",
    ],
    [
      "an address that no task has",
      changed((look) =>
        shopOn(look, "app-1").balancer.destinations[256].push({ ip: "10.20.1.66", weight: 1 }),
      ),
      "shop on app-1: the balancer of web sends to 10.20.1.66, which none of its tasks has → make the engines forget 10.20.1.66 in shop (--repair-network does)",
    ],
    [
      "a virtual address without one",
      changed((look) => void (shopOn(look, "app-1").balancer.marks = {})),
      "shop on app-1: the virtual address 10.20.1.2 of web has no balancer → npm run swarm -- docker node update --availability drain app-1, and active again",
    ],
    [
      "a kernel without IPVS",
      changed((look) => {
        look.nodes[1].networks[SHOP.id].balancer = { isThere: false, marks: {}, destinations: {} };
      }),
      "shop on app-1: the kernel has no IPVS, so virtual addresses of web pass no traffic → Load it there: modprobe ip_vs. Where the kernel has none, use `endpoint_mode: dnsrr` and ports in host mode.",
    ],
  ])("%s", (_name, look, ...expected) => {
    expect(said(look)).toEqual(expected);
  });

  test("what has no weight any more takes nothing new: a task that goes", () => {
    const look = changed((found) =>
      shopOn(found, "app-1").balancer.destinations[256].push({ ip: "10.20.1.66", weight: 0 }),
    );
    expect(judgeNetworks(look)).toEqual([]);
  });
});

test("one address that two containers have", () => {
  const look = changed((found) => {
    shopOn(found, "app-1").endpoints[0].ip = "10.20.1.3";
  });
  expect(said(look)[0]).toBe(
    "shop: web.1 on manager-1 and web.2 on app-1 have the same address, 10.20.1.3 → npm run swarm -- docker service update --force web",
  );
});

test("what could not be looked at is named, with what the node lacks", () => {
  const look = changed((found) => {
    found.nodes[1].lacks = ["bridge", "getent"];
    delete found.nodes[1].networks[SHOP.id].entries;
    delete found.nodes[1].networks[SHOP.id].answers;
  });
  expect(notLookedAt(look)).toEqual(["app-1: entries of shop, names in shop (it lacks bridge, getent)"]);
});

describe("tasks that their own node does not lead to", () => {
  const without = (node: string, address: string) => (look: NetworkLook) => {
    const { answers } = shopOn(look, node);
    for (const name of Object.keys(answers.byName))
      answers.byName[name] = answers.byName[name].filter((one) => one !== address);
  };

  test("none in a sound network", () => {
    expect(judgeAnnounced(LOOK)).toEqual([]);
  });

  test("the service is refreshed", () => {
    const found = judgeAnnounced(changed(without("app-1", "10.20.1.4")));
    expect(found.map(({ node, remedy, text }) => ({ node, remedy, text }))).toEqual([
      {
        node: "app-1",
        remedy: { do: "refresh", service: "web" },
        text: "shop on app-1: the name tasks.web does not lead to 10.20.1.4",
      },
    ]);
  });

  test("what another node has not heard of yet is a matter of gossip", () => {
    const look = changed(without("manager-1", "10.20.1.4"));
    expect(judgeNetworks(look)).not.toEqual([]);
    expect(judgeAnnounced(look)).toEqual([]);
  });
});
