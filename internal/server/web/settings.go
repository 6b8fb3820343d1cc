package web

// OwnTabs are the pages that are a person's own, in the organisation around them; open is the path of the one that is
// shown.
func OwnTabs(p Page, open string) []Tab {
	return opened(open+p.Around(), []Tab{
		{Label: p.Say("layout.own.profile"), URL: "/me" + p.Around()},
		{Label: p.Say("layout.own.security"), URL: "/me/security" + p.Around()},
		{Label: p.Say("layout.own.preferences"), URL: "/me/preferences" + p.Around()},
	})
}

// SettingsTabs are the pages of an organisation's settings; open is the address of the one that is shown.
func SettingsTabs(p Page, open string) []Tab {
	return opened(open, []Tab{
		{Label: p.Say("settings.tab"), URL: p.In("settings")},
		{Label: p.Say("brand.tab"), URL: p.In("settings", "brand")},
		{Label: p.Say("method.tab"), URL: p.In("settings", "methods")},
		{Label: p.Say("network.tab"), URL: p.In("settings", "addresses")},
		{Label: p.Say("webhook.tab"), URL: p.In("settings", "webhooks")},
		{Label: p.Say("plan.tab"), URL: p.In("settings", "plan")},
		{Label: p.Say("portal.tab"), URL: p.In("settings", "portal")}, {Label: p.Say("operator.admit"), URL: p.In("settings", "operators")},
	})
}

// opened takes the address from the tab that is open.
func opened(open string, all []Tab) []Tab {
	for i := range all {
		if all[i].URL == open {
			all[i].URL = ""
		}
	}
	return all
}
