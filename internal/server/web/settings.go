package web

// SettingsTabs are the pages of an organisation's settings; open is the address of the one that is shown.
func SettingsTabs(p Page, open string) []Tab {
	all := []Tab{
		{Label: p.Say("settings.tab"), URL: p.In("settings")},
		{Label: p.Say("method.tab"), URL: p.In("settings", "methods")},
		{Label: p.Say("plan.tab"), URL: p.In("settings", "plan")},
	}
	for i := range all {
		if all[i].URL == open {
			all[i].URL = ""
		}
	}
	return all
}
